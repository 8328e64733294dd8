internal import Audit
internal import GRPC
internal import Protos

/// `agentd.v1.Lifecycle`: what becomes of a sandbox between its making and its end.
struct LifecycleService: Sendable {
    static let name = "agentd.v1.Lifecycle"

    /// Nil where there are no sandboxes.
    private let table: SandboxTable?
    private let auditor: Auditor

    init(_ table: SandboxTable?, _ auditor: Auditor) {
        self.table = table
        self.auditor = auditor
    }

    static func path(_ method: String) -> String { "/\(name)/\(method)" }

    var methods: [ServiceMethod] {
        [
            .unary(Self.path("GetSandbox")) {
                (request: Agentd_V1_GetSandboxRequest, call) throws(Status) in
                try RequestCheck.sandbox(request.sandboxID)
                guard let table else { throw .noSandbox(request.sandboxID) }
                return try table.status(
                    request.sandboxID, owner: Caller(call.metadata).keyID
                ).message
            },
            .unary(Self.path("DetachSandbox")) {
                (request: Agentd_V1_DetachSandboxRequest, call) throws(Status) in
                try change(request.sandboxID, .detached, call) {
                    table, id, owner throws(Status) in
                    try table.detach(id, owner: owner)
                }
            },
            .unary(Self.path("SuspendSandbox")) {
                (request: Agentd_V1_SuspendSandboxRequest, call) throws(Status) in
                try change(request.sandboxID, .suspended, call) {
                    table, id, owner throws(Status) in
                    try table.suspend(id, owner: owner)
                }
            },
            .unary(Self.path("ResumeSandbox")) {
                (request: Agentd_V1_ResumeSandboxRequest, call) throws(Status) in
                try change(request.sandboxID, .resumed, call) {
                    table, id, owner throws(Status) in
                    try table.resume(id, owner: owner)
                }
            },
        ]
    }

    private func change(
        _ id: String, _ event: AuditRecord.Event, _ call: Call,
        _ body: (SandboxTable, String, String) throws(Status) -> SandboxStatus
    ) throws(Status) -> Agentd_V1_SandboxLife {
        try RequestCheck.sandbox(id)
        if let fault = auditor.fault { throw Status(fault) }
        let caller = Caller(call.metadata)
        guard let table else { throw .noSandbox(id) }
        let status = try body(table, id, caller.keyID)
        var record = AuditRecord(.sandbox, event)
        record.requestID = caller.requestID
        record.keyID = caller.keyID
        record.sandboxID = id
        do throws(AuditFault) {
            try auditor.record(record)
        } catch {
            throw Status(error)
        }
        return status.message
    }
}
