internal import Bytes
internal import GRPC
internal import Protos

/// Why an execution did not come to its end: what stands in its response.
struct ExecutionFault: Error {
    let status: Agentd_V1_ExecutionStatus
    /// For programs.
    let code: String
    let message: String
    var details: [(String, String)] = []
    /// When the same may be tried again with success; nil: not without a change.
    var retryAfterMilliseconds: UInt64?

    init(_ status: Agentd_V1_ExecutionStatus, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    private static let pauseMilliseconds: UInt64 = 1000

    /// There is no new sandbox.
    init(notCreated status: Status) {
        self.init(.error, "SANDBOX_INIT_FAIL", status.message)
        switch status.code {
        case .resourceExhausted, .unavailable: retryAfterMilliseconds = Self.pauseMilliseconds
        default: break
        }
    }

    static func noSandbox(_ id: String) -> ExecutionFault {
        var fault = ExecutionFault(
            .error, "SANDBOX_NOT_FOUND", "no sandbox is called '\(id)'")
        fault.details = [
            ("sandbox_id", id), ("hint", "Call CreateSandbox RPC to create a new sandbox"),
        ]
        return fault
    }
}

extension Agentd_V1_ExecuteResponse {
    mutating func fail(_ fault: ExecutionFault) {
        status = fault.status
        code = fault.code
        message = fault.message
        error.code = fault.code
        error.message = fault.message
        error.retryable = fault.retryAfterMilliseconds != nil
        error.retryAfterMs = fault.retryAfterMilliseconds ?? 0
        guard !fault.details.isEmpty else { return }
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in fault.details { writer.member(name, value) }
        writer.endObject()
        error.detailsJson = String(decoding: writer.bytes, as: UTF8.self)
    }
}
