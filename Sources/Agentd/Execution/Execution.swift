internal import Bytes
internal import GRPC
internal import Protos
internal import Sandbox

/// One capability with its parameters, ready to run.
struct Execution {
    let capability: Capability
    let parameters: Parameters
    let constraints: Agentd_V1_ExecutionConstraints?
    private let trace: TraceParent?

    /// What a response carries of output; a stream has the rest.
    static let outputBytesMax = 3 << 20
    private static let membersMax = 10_000

    init(
        _ capability: Capability, _ parameters: Parameters,
        _ constraints: Agentd_V1_ExecutionConstraints?, trace: TraceParent?
    ) {
        self.capability = capability
        self.parameters = parameters
        self.constraints = constraints
        self.trace = trace
    }

    func run(
        in entry: SandboxEntry, _ call: Call, _ output: ExecutionOutput?,
        _ response: inout Agentd_V1_ExecuteResponse
    ) throws(ExecutionFault) {
        let sandbox = entry.sandbox
        switch capability {
        case .httpFetch:
            guard let line = entry.line else {
                throw ExecutionFault(
                    .error, .networkUnavailable, "the sandbox was made without network_enabled")
            }
            try HTTPFetch(parameters, constraints).run(through: line, call, output, &response)
        case .shellExec: try runShell(in: sandbox, call, output, &response)
        case .sqliteQuery: try runQuery(in: sandbox, call, &response)
        case .fsRead, .fsWrite, .fsList, .fsEdit:
            do throws(SandboxFiles.Failure) {
                try runFiles(SandboxFiles(sandbox), &response)
            } catch {
                throw ExecutionFault(error)
            }
            response.tell(.ok, .ok)
        }
    }

    // MARK: commands

    private func runShell(
        in sandbox: Sandbox, _ call: Call, _ output: ExecutionOutput?,
        _ response: inout Agentd_V1_ExecuteResponse
    ) throws(ExecutionFault) {
        var collected = CollectedOutput(bytesMax: Self.outputBytesMax, writer: output)
        let outcome: SandboxOutcome
        do throws(SandboxError) {
            let execution = try sandbox.start(command)
            call.whenCancelled { execution.kill() }
            outcome = try execution.wait { stream, bytes in collected.take(stream, bytes) }
        } catch {
            throw ExecutionFault(.error, .sandboxExecFailed, error.description)
        }
        collected.write(to: &response)
        response.result.exitCode = outcome.exitCode
        response.result.resourceUsage = Agentd_V1_ResourceUsage(outcome.usage)
        response.tell(outcome.end)
    }

    private var command: SandboxCommand {
        let text = parameters.text("command") ?? ""
        var command = SandboxCommand.shell(text)
        if let arguments = parameters.texts("args") { command.arguments = [text] + arguments }
        command.environment = parameters.map("env")
        if let trace, command.environment[TraceParent.variable] == nil {
            command.environment[TraceParent.variable] = trace.text
        }
        command.folder = parameters.text("cwd")
        command.input = Array((parameters.text("stdin") ?? "").utf8)
        command.timeout = timeout
        if let constraints {
            if constraints.maxOutputBytes > 0 {
                command.outputBytesMax = Int(clamping: constraints.maxOutputBytes)
            }
            if constraints.maxMemoryBytes > 0 { command.dataBytesMax = constraints.maxMemoryBytes }
            command.isReadOnly = !constraints.allowWrites
            command.hasNetwork = constraints.allowNetwork
        }
        return command
    }

    /// The shortest that somebody has asked for.
    var timeout: Duration? {
        let wishes: [Int64] = [
            parameters.number("timeout_ms") ?? 0,
            Int64(clamping: constraints?.maxDurationMs ?? 0),
        ]
        return wishes.filter { $0 > 0 }.min().map { Duration.milliseconds($0) }
    }

    // MARK: files

    private func runFiles(
        _ files: SandboxFiles, _ response: inout Agentd_V1_ExecuteResponse
    ) throws(SandboxFiles.Failure) {
        let path = parameters.text("path") ?? ""
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.member("path", path)
        switch capability {
        case .fsRead: try read(path, files, &writer, &response)
        case .fsWrite: try write(path, files, &writer)
        case .fsList: try list(path, files, &writer)
        case .fsEdit, .shellExec, .sqliteQuery, .httpFetch:
            let count = try files.edit(
                path, Array((parameters.text("old_string") ?? "").utf8),
                with: Array((parameters.text("new_string") ?? "").utf8),
                all: parameters.flag("replace_all"))
            writer.key("replacements_made")
            writer.integer(Int64(count))
        }
        writer.endObject()
        response.result.outputJson = String(decoding: writer.bytes, as: UTF8.self)
    }

    private func read(
        _ path: String, _ files: SandboxFiles, _ writer: inout JSONWriter,
        _ response: inout Agentd_V1_ExecuteResponse
    ) throws(SandboxFiles.Failure) {
        let wanted = Int(clamping: parameters.number("len") ?? 1 << 20)
        let allowed = constraints.map { Int(clamping: $0.maxOutputBytes) } ?? 0
        let part = try files.read(
            path, offset: UInt64(clamping: parameters.number("offset") ?? 0),
            limit: allowed > 0 ? min(wanted, allowed) : wanted)
        response.result.stdoutBytes = .init(part.bytes)
        response.result.stdout = String(decoding: part.bytes, as: UTF8.self)
        writer.key("size_bytes")
        writer.integer(Int64(clamping: part.size))
        writer.key("truncated")
        writer.boolean(part.goesOn)
    }

    private func write(
        _ path: String, _ files: SandboxFiles, _ writer: inout JSONWriter
    ) throws(SandboxFiles.Failure) {
        var bytes = Array((parameters.text("content") ?? "").utf8)
        if parameters.text("encoding") == "base64" {
            do throws(Base64.Corrupt) {
                bytes = try Base64.standard.decode(bytes.span)
            } catch {
                throw .refused("content is no base64")
            }
        }
        if parameters.flag("create_dirs") { try files.makeFolders(above: path) }
        switch parameters.text("mode") {
        case "create": try files.write(path, bytes, .create)
        case "append": try files.write(path, bytes, .append)
        default: try files.write(path, bytes, .replace)
        }
        writer.key("bytes_written")
        writer.integer(Int64(bytes.count))
    }

    private func list(
        _ path: String, _ files: SandboxFiles, _ writer: inout JSONWriter
    ) throws(SandboxFiles.Failure) {
        let folder = try files.list(path, countMax: Self.membersMax)
        var isTruncated = folder.goesOn
        writer.key("entries")
        writer.beginArray()
        for member in folder.members {
            guard writer.bytes.count < Self.outputBytesMax - 8192 else {
                isTruncated = true
                break
            }
            member.write(to: &writer)
        }
        writer.endArray()
        writer.key("truncated")
        writer.boolean(isTruncated)
    }
}

extension Agentd_V1_ExecuteResponse {
    fileprivate mutating func tell(_ end: SandboxOutcome.End) {
        switch end {
        case .exited(0): tell(.ok, .ok)
        case .exited(let number):
            tell(.error, .error, "the command ended with \(number)")
        case .signalled(let number):
            tell(.error, .error, "signal \(number) ended the command")
        case .timedOut: tell(.expired, .timeout, "the command took too long")
        case .outputLimit: tell(.error, .outputLimit, "the command wrote too much")
        case .killed: tell(.cancelled, .cancelled, "the command was ended")
        }
    }
}

extension ExecutionFault {
    init(_ failure: SandboxFiles.Failure) {
        switch failure {
        case .refused(let reason): self.init(.error, .fileError, reason)
        case .tooLarge(let bytesMax):
            self.init(.error, .limitsExceeded, "the file has more than \(bytesMax) bytes")
        }
    }
}

extension Agentd_V1_ResourceUsage {
    init(_ usage: SandboxUsage) {
        self.init()
        peakMemoryBytes = usage.peakBytes
        cpuTimeMs = (usage.processorUser + usage.processorSystem).nanoseconds / 1_000_000
        wallTimeMs = usage.wall.nanoseconds / 1_000_000
        diskWriteBytes = usage.writtenBytes
        diskReadBytes = usage.readBytes
    }
}
