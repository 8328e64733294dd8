internal import Audit
internal import GRPC
internal import Protos

/// `agentd.v1.Audit`: callers see what was done with their key.
struct AuditService: Sendable {
    static let name = "agentd.v1.Audit"
    static let list = "/\(name)/ListAuditRecords"

    private let auditor: Auditor
    private static let limitUnlessSaid = 100
    static let limitMax = 1000
    /// Of the lines of one response, which has to fit into a message.
    private static let bytesMax = 1 << 20

    init(_ auditor: Auditor) { self.auditor = auditor }

    var methods: [ServiceMethod] { [.unary(Self.list, listRecords)] }

    @Sendable private func listRecords(
        _ request: Agentd_V1_ListAuditRecordsRequest, _ call: Call
    ) throws(Status) -> Agentd_V1_ListAuditRecordsResponse {
        guard request.limit <= Self.limitMax else {
            throw RequestCheck.invalid("limit", "is above \(Self.limitMax)")
        }
        guard request.after <= UInt64(Int64.max) else {
            throw RequestCheck.invalid("after", "is above \(Int64.max)")
        }
        if !request.sandboxID.isEmpty { try RequestCheck.sandbox(request.sandboxID) }
        let key = Caller(call.metadata).keyID
        let limit = request.limit == 0 ? Self.limitUnlessSaid : Int(request.limit)
        let reading = try auditor.reading()
        let page: AuditPage
        do throws(AuditFault) {
            page = try reading.page(
                after: request.after, limit: limit, bytesMax: Self.bytesMax
            ) { entry in
                entry["key_id"] == key && entry["kind"] != AuditRecord.Kind.log.rawValue
                    && (request.sandboxID.isEmpty || entry["sandbox_id"] == request.sandboxID)
            }
        } catch {
            throw Status(error)
        }
        var response = Agentd_V1_ListAuditRecordsResponse()
        response.records = page.entries.map(Agentd_V1_AuditRecord.init)
        response.next = page.next
        response.complete = page.isComplete
        return response
    }
}

extension Agentd_V1_AuditRecord {
    fileprivate init(_ entry: AuditEntry) {
        self.init()
        seq = entry.sequence
        time = entry["time"]
        kind = entry["kind"]
        event = entry["event"]
        decision = entry["decision"]
        code = entry["code"]
        requestID = entry["request_id"]
        executionID = entry["execution_id"]
        sandboxID = entry["sandbox_id"]
        capability = entry["capability"]
        paramsSha256 = entry["params_sha256"]
        service = entry["service"]
        method = entry["method"]
        path = entry["path"]
        status = UInt32(entry["status"]) ?? 0
        exitCode = Int32(entry["exit_code"]) ?? 0
        bytesSent = UInt64(entry["bytes_sent"]) ?? 0
        bytesReceived = UInt64(entry["bytes_received"]) ?? 0
        durationMs = Double(entry["duration_ms"]) ?? 0
        executions = entry.list("executions")
        requests = entry.list("requests")
        detail = entry["detail"]
        line = entry.line
    }
}
