internal import Bytes
internal import GRPC
internal import Protos
internal import Sandbox

/// What a command writes: sent on as it comes, or kept for the response. What a response has no
/// room for is told of by its size and digest.
struct CollectedOutput {
    private struct Kept {
        var bytes: [UInt8] = []
        var digest = OutputDigest()

        var isWhole: Bool { digest.count == UInt64(bytes.count) }

        func artifact(_ name: String) -> Agentd_V1_Artifact {
            var artifact = Agentd_V1_Artifact()
            artifact.name = name
            artifact.contentType = "application/octet-stream"
            artifact.size = digest.count
            artifact.sha256 = digest.text
            return artifact
        }
    }

    private let bytesMax: Int
    private let writer: ExecutionOutput?
    private var output = Kept()
    private var errors = Kept()

    /// - Parameter writer: where it is streamed to; nil keeps it.
    init(bytesMax: Int, writer: ExecutionOutput?) {
        self.bytesMax = bytesMax
        self.writer = writer
    }

    mutating func take(_ stream: SandboxExecution.Stream, _ bytes: UnsafeRawBufferPointer) {
        if let writer { send(stream, bytes, to: writer) }
        let room = writer == nil ? max(0, bytesMax - output.bytes.count - errors.bytes.count) : 0
        switch stream {
        case .output:
            output.digest.add(bytes)
            output.bytes += bytes.prefix(room)
        case .errors:
            errors.digest.add(bytes)
            errors.bytes += bytes.prefix(room)
        }
    }

    /// A client that is gone has cancelled the call, which ends the command.
    private func send(
        _ stream: SandboxExecution.Stream, _ bytes: UnsafeRawBufferPointer,
        to writer: ExecutionOutput
    ) {
        var chunk = Agentd_V1_ExecuteOutput()
        switch stream {
        case .output: chunk.stdoutChunk = .init(bytes)
        case .errors: chunk.stderrChunk = .init(bytes)
        }
        do throws(Status) {
            try writer.write(chunk)
        } catch {
            return
        }
    }

    func write(to response: inout Agentd_V1_ExecuteResponse) {
        response.result.stdoutBytes = .init(output.bytes)
        response.result.stdout = String(decoding: output.bytes, as: UTF8.self)
        response.result.stderr = String(decoding: errors.bytes, as: UTF8.self)
        guard !output.isWhole || !errors.isWhole else { return }
        response.result.artifacts = [output.artifact("stdout"), errors.artifact("stderr")]
            .filter { $0.size > 0 }
        guard writer == nil else { return }
        var text = JSONWriter()
        text.beginObject()
        text.flag("truncated")
        text.endObject()
        response.result.outputJson = String(decoding: text.bytes, as: UTF8.self)
    }
}
