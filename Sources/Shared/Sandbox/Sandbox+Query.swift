internal import CSandbox
internal import Glibc

extension Sandbox {
    /// Time beyond the query's own, for a process that does not look at the clock.
    private static let grace: Duration = .milliseconds(500)
    /// Of an answer, beside its values.
    private static let overheadBytesMax = 1 << 20

    /// Asks a database, in a process of the sandbox that can change nothing: it has the sandbox's
    /// view, rights and limits, and whatever a hostile database does to SQLite is done there.
    ///
    /// - Parameter isKillable: gets what ends the query before its time.
    public func query(
        _ query: SandboxQuery, isKillable: (SandboxExecution) -> Void = { _ in }
    ) throws(SandboxQueryResult.Failure) -> SandboxQueryResult {
        var answer: [UInt8] = []
        let outcome: SandboxOutcome
        do throws(SandboxError) {
            let execution = try SandboxExecution(try request(for: query), in: self)
            isKillable(execution)
            outcome = try execution.wait { stream, bytes in
                if stream == .output { answer += bytes }
            }
        } catch {
            throw .sandbox(error)
        }
        if outcome.end == .timedOut { throw .timedOut }
        guard outcome.end == .exited(code: 0) else { throw .broken }
        var result = try SandboxQueryResult(answer: answer, rowsMax: query.rowsMax)
        result.wall = outcome.usage.wall
        return result
    }

    private func request(for query: SandboxQuery) throws(SandboxError) -> RunRequest {
        guard backend != .container else { throw .unsupported("asking a database") }
        guard !query.database.isEmpty else { throw .invalid("an empty path") }
        var command = SandboxCommand([query.database])
        command.input = try Self.input(for: query)
        command.timeout = query.timeout + Self.grace
        command.outputBytesMax = query.bytesMax &+ Self.overheadBytesMax
        command.isReadOnly = true
        var request = try RunRequest(command, in: requestDraft)
        request.query()
        return request
    }

    private static func input(for query: SandboxQuery) throws(SandboxError) -> [UInt8] {
        var header = csandbox_query()
        header.rows_max = UInt32(clamping: query.rowsMax)
        header.bytes_max = UInt32(clamping: query.bytesMax)
        header.timeout_nanoseconds = UInt64(
            clamping: query.timeout.components.seconds &* 1_000_000_000
                &+ query.timeout.components.attoseconds / 1_000_000_000)
        header.parameters = UInt32(query.parameters.count)
        var message = MessageWriter()
        message.append(header)
        message.append(piece: Array(query.statement.utf8))
        for parameter in query.parameters { message.append(parameter) }
        return message.bytes
    }
}

extension MessageWriter {
    fileprivate mutating func append(piece: [UInt8]) {
        append(UInt32(clamping: piece.count))
        append(piece)
    }

    fileprivate mutating func append(_ value: SandboxQuery.Value) {
        func append(_ type: csandbox_value) { self.append(UInt8(truncatingIfNeeded: type.rawValue)) }
        switch value {
        case .null: append(CSANDBOX_NULL)
        case .integer(let number):
            append(CSANDBOX_INTEGER)
            self.append(number)
        case .real(let number):
            append(CSANDBOX_REAL)
            self.append(number)
        case .text(let bytes):
            append(CSANDBOX_TEXT)
            self.append(piece: bytes)
        case .blob(let bytes):
            append(CSANDBOX_BLOB)
            self.append(piece: bytes)
        }
    }
}
