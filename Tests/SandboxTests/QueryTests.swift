internal import Glibc
@testable internal import Sandbox
internal import Testing

/// Databases, which the sandbox's processes made and may have damaged.
struct QueryTests {
    private let sandbox: Sandbox

    init() throws { sandbox = try Launching.sandbox { $0.limits.fileBytesMax = nil } }

    private static let prepare = """
        import sqlite3
        c = sqlite3.connect('a.db')
        c.execute('create table t (i integer, r real, s text, b blob)')
        c.executemany('insert into t values (?, ?, ?, ?)', [
            (9223372036854775807, 0.1, 'é\\0x', b'\\0\\xff'),
            (-9223372036854775808, 1e300, '', b''), (None, None, None, None)])
        c.execute('create index x on t (i)')
        c.execute('create view v as select count(*) as n from t')
        c.commit()
        """

    private func python(_ script: String) throws {
        let captured = try sandbox.capture(SandboxCommand(["python3", "-c", script]))
        try #require(captured.outcome.exitCode == 0, "\(captured.errors)")
    }

    private func ask(
        _ statement: String, _ parameters: [SandboxQuery.Value] = [], database: String = "a.db",
        _ change: (inout SandboxQuery) -> Void = { _ in }
    ) throws -> SandboxQueryResult {
        var query = SandboxQuery(database: database, statement: statement)
        query.parameters = parameters
        change(&query)
        return try sandbox.query(query)
    }

    /// SQLite's primary code, or -1 for a timeout, or -2 for another failure.
    private func code(
        _ statement: String, database: String = "a.db",
        _ change: (inout SandboxQuery) -> Void = { _ in }
    ) -> Int32 {
        do {
            _ = try ask(statement, database: database, change)
            return 0
        } catch let failure as SandboxQueryResult.Failure {
            switch failure {
            case .refused(let code, _): return code & 0xFF
            case .timedOut: return -1
            case .broken, .sandbox: return -2
            }
        } catch {
            return -3
        }
    }

    @Test func `values come as they are stored`() throws {
        try python(Self.prepare)
        let result = try ask("select * from t order by rowid")
        #expect(result.columns == ["i", "r", "s", "b"])
        #expect(
            result.rows == [
                [.integer(.max), .real(0.1), .text(Array("é\0x".utf8)), .blob([0, 0xFF])],
                [.integer(.min), .real(1e300), .text([]), .blob([])],
                [.null, .null, .null, .null],
            ])
        #expect(result.isTruncated == false)
        #expect(try ask("select n from v").rows == [[.integer(3)]])
        #expect(try ask("pragma table_info(t)").rows.count == 4)
        #expect(try ask("select 1 where 0").columns == ["1"])
    }

    @Test func `parameters are bound as what they are`() throws {
        try python(Self.prepare)
        let values: [SandboxQuery.Value] = [
            .null, .integer(.max), .real(-0.5), .text(Array("it's; --".utf8)), .blob([0, 1]),
        ]
        let result = try ask("select ?, ?, ?, ?, ?", values)
        #expect(result.rows == [values])
        #expect(try ask("select typeof(?)", [.integer(1)]).rows == [[.text(Array("integer".utf8))]])
        #expect(throws: SandboxQueryResult.Failure.self) { try ask("select ?", []) }
        #expect(throws: SandboxQueryResult.Failure.self) { try ask("select 1", [.null]) }
    }

    @Test(arguments: [
        ("insert into t values (1, 1, 1, 1)", 23), ("update t set i = 1", 23),
        ("delete from t", 23), ("drop table t", 23), ("create table u (a)", 23),
        ("create temp table u (a)", 23), ("alter table t add column z", 23),
        ("attach 'b.db' as b", 23), ("detach main", 23), ("vacuum", 23), ("vacuum into 'b.db'", 23),
        ("reindex", 23), ("begin", 23), ("analyze", 23), ("pragma journal_mode=delete", 23),
        ("pragma writable_schema=1", 23), ("pragma user_version=7", 23),
        ("pragma temp_store_directory='/tmp'", 23), ("pragma mmap_size=1000000", 23),
        ("select load_extension('/tmp/x.so')", 1), ("select 1; select 2", 21), ("", 21),
        ("-- nothing", 21), ("select nothing", 1), ("selct 1", 1), ("select * from missing", 1),
        ("explain insert into t values (1, 1, 1, 1)", 23), ("select zeroblob(100000000)", 18),
        ("with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c",
            -1),
        ("select count(*) from (with recursive c(x) as (select 1 union all select x+1 from c)"
            + " select a.x from c a, c b)", -1),
        ("with recursive c(x) as (select 1 union all select x + 1 from c limit 1000) "
            + "select count(*) from (select hex(randomblob(1000000)) as y from c order by y)", 7),
    ])
    func `what does more than read, or never ends, is refused`(
        statement: String, expected: Int
    ) throws {
        try python(Self.prepare)
        let timeout: Duration = .milliseconds(expected == -1 ? 300 : 10_000)
        #expect(code(statement) { $0.timeout = timeout } == expected)
        #expect(try ask("select count(*) from t").rows == [[.integer(3)]])
        #expect(try sandbox.capture(.shell("ls -A")).output == "a.db\n")
    }

    @Test func `an answer has so many rows and bytes`() throws {
        try python(Self.prepare)
        let endless =
            "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c"
        let rows = try ask(endless) { $0.rowsMax = 10 }
        #expect(rows.rows.count == 10)
        #expect(rows.isTruncated)
        let bytes = try ask("select hex(zeroblob(1000)) from (\(endless))") {
            $0.bytesMax = 10_000
        }
        #expect(bytes.rows.count == 4)
        #expect(bytes.isTruncated)
        let all = try ask("select 1") { $0.rowsMax = 1 }
        #expect(all.isTruncated == false)
    }

    @Test func `a log of changes is read, and stays`() throws {
        try python(Self.prepare)
        try python(
            """
            import sqlite3, os
            c = sqlite3.connect('w.db')
            c.execute('pragma journal_mode=wal')
            c.execute('create table t (a)')
            c.execute('insert into t values (1)')
            c.commit()
            # As a writer leaves it that is killed.
            os._exit(0)
            """)
        let files = try sandbox.capture(.shell("ls -A; stat -c '%s %Y' *")).output
        #expect(files.contains("w.db-wal"))
        #expect(try ask("select a from t", database: "w.db").rows == [[.integer(1)]])
        #expect(try sandbox.capture(.shell("ls -A; stat -c '%s %Y' *")).output == files)
        // Closed in order, nothing but the mode is left of it.
        try python("import sqlite3; c = sqlite3.connect('w.db'); c.execute('select * from t')")
        #expect(try sandbox.capture(.shell("ls -A")).output == "a.db\nw.db\n")
        #expect(try ask("select a from t", database: "w.db").rows == [[.integer(1)]])
        #expect(try sandbox.capture(.shell("ls -A")).output == "a.db\nw.db\n")
    }

    @Test func `a database in a folder that nobody may write to is read`() throws {
        try python(Self.prepare)
        _ = try sandbox.capture(
            .shell(
                """
                mkdir f; mv a.db f/'%20 ?#a.db'; \
                python3 -c "import sqlite3; sqlite3.connect('f/%20 ?#a.db').execute('pragma \
                journal_mode=wal')"; chmod 500 f
                """))
        let result = try ask("select count(*) from t", database: "f/%20 ?#a.db")
        #expect(result.rows == [[.integer(3)]])
    }

    @Test(arguments: [
        ("missing.db", "", 14), ("folder", "mkdir folder", 14), ("pipe", "mkfifo pipe", 14),
        ("/dev/zero", "", 14), ("text", "seq 10000 > text", 26),
        ("large.db", "truncate -s 1073741825 large.db", 18),
        ("link.db", "ln -s /etc/shadow link.db", 14), ("file:a.db?mode=rw", "", 14),
        ("short.db", "head -c 4096 a.db > short.db", 11),
        ("broken.db", "(head -c 200 a.db; head -c 8000 /dev/urandom) > broken.db", 11),
    ])
    func `what is no database is told`(name: String, script: String, expected: Int) throws {
        try python(Self.prepare)
        _ = try sandbox.capture(.shell(script))
        #expect(code("select * from t", database: name) == expected)
    }

    @Test func `an empty file is an empty database`() throws {
        _ = try sandbox.capture(.shell(": > empty.db"))
        #expect(try ask("select * from sqlite_master", database: "empty.db").rows.isEmpty)
    }

    @Test(arguments: [
        [], [0x43], [0x43, 0xFF, 0xFF, 0xFF, 0xFF], [0x43, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F],
        [0x52], [0x45, 0, 0, 0], [0x43, 0, 0, 0, 0, 0x43, 0, 0, 0, 0],
        [0x43, 1, 0, 0, 0, 0, 0, 0, 0, 0x52, 0x71], [0x43, 0, 0, 0, 0, 0x52, 0x52, 0x52],
    ] as [[UInt8]])
    func `an answer that is none is no answer`(bytes: [UInt8]) {
        #expect(throws: SandboxQueryResult.Failure.broken) {
            try SandboxQueryResult(answer: bytes, rowsMax: 2)
        }
    }
}
