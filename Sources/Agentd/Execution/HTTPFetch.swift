internal import Bytes
internal import Fetch
internal import GRPC
internal import IO
internal import Protos
internal import Synchronization

/// `http.fetch.v1`: one request to an external service. It goes the way of the sandbox's own
/// requests, as the sandbox, so that policy, limits and records of the egress are the same.
struct HTTPFetch {
    private let parameters: Parameters
    private let constraints: Agentd_V1_ExecutionConstraints?

    /// What a response carries of content, and what a stream does.
    static let contentBytesMax = 1 << 20
    static let streamBytesMax = 10 << 20
    private static let timeoutMilliseconds: Int64 = 30_000

    init(_ parameters: Parameters, _ constraints: Agentd_V1_ExecutionConstraints?) {
        self.parameters = parameters
        self.constraints = constraints
    }

    func run(
        through line: SandboxLine, _ call: Call, _ output: ExecutionOutput?,
        _ response: inout Agentd_V1_ExecuteResponse
    ) throws(ExecutionFault) {
        let request = try request()
        let started = Clock.monotonicNanoseconds
        let answer = try send(request, through: line, call, output)
        let milliseconds = (Clock.monotonicNanoseconds &- started) / 1_000_000
        if let refusal = answer.field(FetchRefusal.field) {
            throw ExecutionFault(FetchRefusal(code: refusal, answer))
        }
        response.result.resourceUsage.networkTxBytes = UInt64(request.content.count)
        response.result.resourceUsage.networkRxBytes = UInt64(answer.contentBytes)
        response.result.outputJson = describe(
            answer, milliseconds: milliseconds, isStreamed: output != nil)
        response.tell(.ok, .ok)
    }

    // MARK: the request

    private func request() throws(ExecutionFault) -> FetchRequest {
        let target: FetchTarget
        do throws(FetchTarget.Fault) {
            target = try FetchTarget(parameters.text("url") ?? "")
        } catch {
            throw ExecutionFault(error)
        }
        var content = Array((parameters.text("body") ?? "").utf8)
        if parameters.text("encoding") == "base64" {
            do throws(Base64.Corrupt) {
                content = try Base64.standard.decode(content.span)
            } catch {
                throw ExecutionFault(.error, .invalidParams, "body is no base64")
            }
        }
        let fields = parameters.map("headers").sorted { $0.key < $1.key }
        for (name, _) in fields where !Self.allowedFields.contains(name.lowercased()) {
            throw ExecutionFault(
                .error, .invalidParams,
                "headers.\(name) cannot be sent; allowed are "
                    + Self.allowedFields.sorted().joined(separator: ", "))
        }
        return FetchRequest(
            method: parameters.text("method") ?? "GET", url: target.url,
            fields: fields.map { ($0.key, $0.value) }, content: content)
    }

    /// What a caller may say to a service. Credentials are the egress's to add.
    static let allowedFields: Set = [
        "accept", "accept-language", "anthropic-beta", "anthropic-version", "cache-control",
        "content-type", "idempotency-key", "if-match", "if-modified-since", "if-none-match",
        "openai-beta", "prefer", "range", "user-agent", "x-github-api-version",
    ]

    private var options: FetchOptions {
        var options = FetchOptions()
        options.allowsPlaintext = true
        let wishes = [
            parameters.number("timeout_ms") ?? Self.timeoutMilliseconds,
            Int64(clamping: constraints?.maxDurationMs ?? 0),
        ]
        options.timeoutMilliseconds = Int(wishes.filter { $0 > 0 }.min() ?? 1)
        return options
    }

    private func contentBytesMax(isStreamed: Bool) -> Int {
        var most = isStreamed ? Self.streamBytesMax : Self.contentBytesMax
        if let wanted = parameters.number("max_bytes") { most = min(most, Int(wanted)) }
        if let allowed = constraints?.maxOutputBytes, allowed > 0 {
            most = min(most, Int(clamping: allowed))
        }
        return most
    }

    // MARK: the way

    /// - Throws: why there is no answer.
    private func send(
        _ request: FetchRequest, through line: SandboxLine, _ call: Call,
        _ output: ExecutionOutput?
    ) throws(ExecutionFault) -> FetchResponse {
        var options = options
        options.contentBytesMax = contentBytesMax(isStreamed: output != nil)
        let client = FetchClient(options)
        let interest = Interest()
        call.whenCancelled { interest.isLost.store(true, ordering: .relaxed) }
        let goesOn = { !interest.isLost.load(ordering: .relaxed) }
        do throws(FetchError) {
            guard let output else {
                return try client.send(request, toProxyAt: line.socketName, goesOn: goesOn)
            }
            return try client.send(request, toProxyAt: line.socketName, goesOn: goesOn) { bytes in
                var chunk = Agentd_V1_ExecuteOutput()
                chunk.stdoutChunk = .init(bytes)
                return (try? output.write(chunk)) != nil
            }
        } catch {
            throw ExecutionFault(error)
        }
    }

    /// Whether somebody waits for the answer.
    private final class Interest: Sendable {
        let isLost = Atomic<Bool>(false)
    }

    // MARK: the answer

    private func describe(
        _ answer: FetchResponse, milliseconds: UInt64, isStreamed: Bool
    ) -> String {
        var writer = JSONWriter(capacity: answer.content.count + 1024)
        writer.beginObject()
        writer.member("url", parameters.text("url") ?? "")
        writer.member("method", parameters.text("method") ?? "GET")
        writer.number("status_code", answer.status)
        writer.object("headers") { writer in
            var told: Set<String> = []
            for field in answer.fields where told.insert(field.name).inserted {
                let values = answer.fields.filter { $0.name == field.name }.map(\.value)
                writer.member(field.name, values.joined(separator: ", "))
            }
        }
        if !isStreamed { Self.write(answer.content, to: &writer) }
        writer.number("size_bytes", answer.contentBytes)
        writer.text(key: "truncated")
        writer.boolean(answer.isCut)
        writer.number("duration_ms", Int(clamping: milliseconds))
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// As text if it is one that JSON does not make many times as long, else as base64.
    private static func write(_ content: [UInt8], to writer: inout JSONWriter) {
        let isPlain = content.allSatisfy { $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        if isPlain, let text = String(validating: content, as: UTF8.self) {
            writer.member("body", text)
        } else {
            let encoded = Base64.standard.encode(content.span)
            writer.member("body_base64", String(decoding: encoded, as: UTF8.self))
        }
    }
}

extension ExecutionFault {
    fileprivate init(_ fault: FetchTarget.Fault) {
        switch fault {
        case .unsupportedScheme:
            self.init(.error, .unsupportedScheme, "url is neither http:// nor https://")
        case .invalid(let reason): self.init(.error, .invalidURL, "url: \(reason)")
        }
    }

    fileprivate init(_ error: FetchError) {
        switch error {
        case .timeout:
            self.init(.expired, .requestTimeout, "the service did not answer in time")
        case .badRequest(let reason): self.init(.error, .invalidParams, reason)
        case .givenUp: self.init(.cancelled, .cancelled, "the request was given up")
        case .certificate, .tooLarge, .failed, .outOfMemory:
            self.init(.error, .connectionError, error.description)
        }
        if code == .requestTimeout || code == .connectionError {
            retryAfterMilliseconds = Self.pauseMilliseconds
        }
    }
}
