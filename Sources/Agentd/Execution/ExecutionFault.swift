internal import Bytes
internal import GRPC
internal import Protos

/// Why an execution did not come to its end: what stands in its response.
struct ExecutionFault: Error {
    let status: Agentd_V1_ExecutionStatus
    let code: ExecutionCode
    let message: String
    var details: [(String, String)] = []
    /// A document in place of `details`.
    var detailsJSON: String?
    /// When the same may be tried again with success; nil: not without a change.
    var retryAfterMilliseconds: UInt64?

    init(_ status: Agentd_V1_ExecutionStatus, _ code: ExecutionCode, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// When it is not known how long that takes.
    static let pauseMilliseconds: UInt64 = 1000

    /// There is no new sandbox.
    init(notCreated status: Status) {
        self.init(.error, .sandboxInitFail, status.message)
        switch status.code {
        case .resourceExhausted, .unavailable: retryAfterMilliseconds = Self.pauseMilliseconds
        default: break
        }
    }

    static func noSandbox(_ id: String) -> ExecutionFault {
        var fault = ExecutionFault(.error, .sandboxNotFound, Status.noSandbox(id).message)
        fault.details = [
            ("sandbox_id", id), ("hint", "Call CreateSandbox RPC to create a new sandbox"),
        ]
        return fault
    }
}

extension Agentd_V1_ExecuteResponse {
    /// A response that says nothing yet.
    init(to request: Agentd_V1_ExecuteRequest) {
        self.init()
        requestID = request.requestID.isEmpty ? UniqueName.make() : request.requestID
    }

    init(to request: Agentd_V1_ExecuteRequest, refusing fault: ExecutionFault) {
        self.init(to: request)
        fail(fault)
    }

    mutating func tell(
        _ status: Agentd_V1_ExecutionStatus, _ code: ExecutionCode, _ message: String = ""
    ) {
        self.status = status
        self.code = code.rawValue
        self.message = message
    }

    mutating func fail(_ fault: ExecutionFault) {
        tell(fault.status, fault.code, fault.message)
        error.code = fault.code.rawValue
        error.message = fault.message
        error.retryable = fault.retryAfterMilliseconds != nil
        error.retryAfterMs = fault.retryAfterMilliseconds ?? 0
        if let document = fault.detailsJSON { error.detailsJson = document }
        guard !fault.details.isEmpty else { return }
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in fault.details { writer.member(name, value) }
        writer.endObject()
        error.detailsJson = String(decoding: writer.bytes, as: UTF8.self)
    }
}
