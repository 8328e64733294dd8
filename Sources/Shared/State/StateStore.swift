internal import GRDB

/// What has to survive the daemon: sandboxes, and the results of executions with an idempotency
/// key. An SQLite database in a folder; what a call has stored is on the disk when it returns.
public final class StateStore: Sendable {
    /// How much of results is kept; the oldest go first.
    public struct Limits: Sendable {
        public var resultsMax = 10_000
        public var resultBytesMax = 256 << 20
        public var keptNanoseconds: UInt64 = 86_400_000_000_000

        public init() {}
    }

    /// Of the database.
    public let path: String
    private let queue: DatabaseQueue
    private let limits: Limits

    /// - Throws: also when the database is damaged, or in use.
    public init(folder: String, limits: Limits = Limits()) throws(StateFault) {
        path = folder + "/agentd.sqlite"
        self.limits = limits
        let path = path
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration)
            let complaint = try queue.write { database in
                try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
            }
            guard complaint == "ok" else {
                throw StateFault.damaged(path, reason: complaint ?? "no answer")
            }
            let migrator = StateSchema.migrator
            guard try !queue.read({ try migrator.hasBeenSuperseded($0) }) else {
                throw StateFault.tooNew(path)
            }
            try migrator.migrate(queue)
        } catch let fault as StateFault {
            throw fault
        } catch {
            throw StateFault(error, path)
        }
    }

    /// One daemon at a time; nothing is acknowledged that is not on the disk.
    private static var configuration: GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.label = "agentd.state"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        return configuration
    }

    /// Lets another daemon have it. Nothing can be stored from then on.
    public func close() throws(StateFault) {
        do {
            try queue.close()
        } catch {
            throw StateFault(error, path)
        }
    }

    // MARK: sandboxes

    /// Stores a sandbox, in place of what was known of it.
    public func save(_ sandbox: KeptSandbox) throws(StateFault) {
        try change { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO sandboxes
                    (id, owner, specification, state, created, since)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    sandbox.id, sandbox.owner, Blob(sandbox.specification), sandbox.state,
                    Int64(clamping: sandbox.created), Int64(clamping: sandbox.since),
                ])
        }
    }

    /// Stores that a sandbox is in another state.
    public func move(_ id: String, to state: String, since: UInt64) throws(StateFault) {
        try change { database in
            try database.execute(
                sql: "UPDATE sandboxes SET state = ?, since = ? WHERE id = ?",
                arguments: [state, Int64(clamping: since), id])
        }
    }

    public func removeSandbox(_ id: String) throws(StateFault) {
        try change { database in
            try database.execute(sql: "DELETE FROM sandboxes WHERE id = ?", arguments: [id])
        }
    }

    /// In the order in which they were made.
    public func sandboxes() throws(StateFault) -> [KeptSandbox] {
        try change { database in
            try Row.fetchAll(database, sql: "SELECT * FROM sandboxes ORDER BY created, id").map {
                row in
                let specification: Blob = row["specification"]
                let (created, since): (Int64, Int64) = (row["created"], row["since"])
                return KeptSandbox(
                    id: row["id"], owner: row["owner"], specification: specification.bytes,
                    state: row["state"], created: UInt64(clamping: created),
                    since: UInt64(clamping: since))
            }
        }
    }

    // MARK: executions

    /// Notes that an execution begins, unless one with this key did before.
    ///
    /// - Parameter digest: of the request, kept for whoever asks with this key again.
    public func begin(
        owner: String, key: String, digest: [UInt8], now: UInt64
    ) throws(StateFault) -> KeptExecution {
        let limits = limits
        return try change { database in
            let oldest = now > limits.keptNanoseconds ? now - limits.keptNanoseconds : 0
            try database.execute(
                sql: "DELETE FROM executions WHERE begun < ?",
                arguments: [Int64(clamping: oldest)])
            let known = try Row.fetchOne(
                database, sql: "SELECT result, digest FROM executions WHERE owner = ? AND key = ?",
                arguments: [owner, key])
            if let known {
                let (result, digest): (Blob?, Blob?) = (known["result"], known["digest"])
                guard let result else { return .lost(digest: digest?.bytes) }
                return .done(result: result.bytes, digest: digest?.bytes)
            }
            try Self.makeRoom(for: 1, bytes: 0, limits, database)
            try database.execute(
                sql: "INSERT INTO executions (owner, key, begun, digest) VALUES (?, ?, ?, ?)",
                arguments: [owner, key, Int64(clamping: now), Blob(digest)])
            return .new
        }
    }

    /// Stores its result.
    public func end(owner: String, key: String, result: [UInt8]) throws(StateFault) {
        let limits = limits
        try change { database in
            try Self.makeRoom(for: 0, bytes: result.count, limits, database)
            try database.execute(
                sql: "UPDATE executions SET result = ?, bytes = ? WHERE owner = ? AND key = ?",
                arguments: [Blob(result), result.count, owner, key])
        }
    }

    /// It was not run after all.
    public func forget(owner: String, key: String) throws(StateFault) {
        try change { database in
            try database.execute(
                sql: "DELETE FROM executions WHERE owner = ? AND key = ?", arguments: [owner, key])
        }
    }

    private static func makeRoom(
        for count: Int, bytes: Int, _ limits: Limits, _ database: Database
    ) throws {
        let known = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM executions") ?? 0
        try database.execute(
            sql: """
                DELETE FROM executions WHERE rowid IN (
                    SELECT rowid FROM executions WHERE result IS NOT NULL ORDER BY begun LIMIT ?)
                """, arguments: [max(0, known + count - limits.resultsMax)])
        let used = try Int.fetchOne(database, sql: "SELECT SUM(bytes) FROM executions") ?? 0
        var total = used + bytes
        while total > limits.resultBytesMax {
            let oldest = try Row.fetchOne(
                database,
                sql: """
                    SELECT rowid AS number, bytes FROM executions WHERE result IS NOT NULL
                    ORDER BY begun LIMIT 1
                    """)
            guard let oldest else { return }
            let (number, size): (Int64, Int) = (oldest["number"], oldest["bytes"])
            total -= size
            try database.execute(
                sql: "DELETE FROM executions WHERE rowid = ?", arguments: [number])
        }
    }

    private func change<Value: Sendable>(
        _ body: @Sendable (Database) throws -> Value
    ) throws(StateFault) -> Value {
        do {
            return try queue.write(body)
        } catch {
            throw StateFault(error, path)
        }
    }
}
