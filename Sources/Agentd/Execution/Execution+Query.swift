internal import Bytes
internal import GRPC
internal import Protos
internal import Sandbox

extension Execution {
    private static let rowsMax = 1000
    private static let queryTimeout: Duration = .seconds(30)

    func runQuery(
        in sandbox: Sandbox, _ call: Call, _ response: inout Agentd_V1_ExecuteResponse
    ) throws(ExecutionFault) {
        let query = self.query
        let result: SandboxQueryResult
        do throws(SandboxQueryResult.Failure) {
            result = try sandbox.query(query) { execution in
                call.whenCancelled { execution.kill() }
            }
        } catch {
            throw ExecutionFault(error)
        }
        response.result.outputJson = Self.text(of: result, query)
        response.tell(.ok, .ok)
    }

    private var query: SandboxQuery {
        var query = SandboxQuery(
            database: parameters.text("database_path") ?? "",
            statement: parameters.text("query") ?? "")
        query.parameters = parameters.values("params").map(SandboxQueryForm.value)
        query.rowsMax = parameters.number("max_rows").map { Int(clamping: $0) } ?? Self.rowsMax
        query.timeout = min(timeout ?? Self.queryTimeout, Self.queryTimeout)
        query.bytesMax = bytesMax
        return query
    }

    /// Of the answer.
    private var bytesMax: Int {
        let wanted = Int(clamping: constraints?.maxOutputBytes ?? 0)
        return wanted > 0 ? min(wanted, Self.outputBytesMax) : Self.outputBytesMax
    }

    /// In JSON a value takes more room than in the database: rows that have none are left out.
    private static func text(of result: SandboxQueryResult, _ query: SandboxQuery) -> String {
        var writer = JSONWriter(capacity: 1024)
        var isTruncated = result.isTruncated
        var count = 0
        writer.beginObject()
        writer.member("database_path", query.database)
        writer.key("columns")
        writer.beginArray()
        for name in result.columns { writer.string(name) }
        writer.endArray()
        writer.key("rows")
        writer.beginArray()
        for row in result.rows {
            let text = Self.text(of: row)
            guard writer.bytes.count + text.count <= outputBytesMax else {
                isTruncated = true
                break
            }
            text.withUnsafeBytes { writer.raw($0) }
            count += 1
        }
        writer.endArray()
        writer.number("row_count", count)
        writer.key("truncated")
        writer.boolean(isTruncated)
        writer.number("max_rows_limit", query.rowsMax)
        writer.key("execution_time_ms")
        writer.integer(Int64(clamping: result.wall.nanoseconds / 1_000_000))
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func text(of row: [SandboxQuery.Value]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for value in row { SandboxQueryForm.write(value, to: &writer) }
        writer.endArray()
        return writer.bytes
    }
}

extension ExecutionFault {
    init(_ failure: SandboxQueryResult.Failure) {
        switch failure {
        case .timedOut: self.init(.expired, .timeout, "the query took too long")
        case .broken:
            self.init(.error, .limitsExceeded, "the sandbox's limits ended the query")
        case .sandbox(let error):
            self.init(.error, .sandboxExecFailed, error.description)
        case .refused(let code, let message):
            // SQLITE_AUTH
            if code & 0xFF == 23 {
                self.init(
                    .denied, .queryNotAllowed, "the query does more than read: \(message)")
            } else {
                self.init(.error, .sqliteError, message)
            }
            details = [("sqlite_code", "\(code)")]
        }
    }
}
