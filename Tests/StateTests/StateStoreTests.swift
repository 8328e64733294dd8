import Foundation
import Testing

@testable import State

final class StateStoreTests {
    private let folder: String

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    init() throws {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("state-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        folder = place.path
    }

    private func store(_ change: (inout StateStore.Limits) -> Void = { _ in }) throws -> StateStore
    {
        var limits = StateStore.Limits()
        change(&limits)
        return try StateStore(folder: folder, limits: limits)
    }

    /// Of some request.
    private static let digest = [UInt8](repeating: 7, count: 32)

    private static func begin(
        _ store: StateStore, _ owner: String, _ key: String, now: UInt64
    ) throws -> KeptExecution {
        try store.begin(owner: owner, key: key, digest: digest, now: now)
    }

    private static func done(_ result: [UInt8]) -> KeptExecution {
        .done(result: result, digest: digest)
    }

    private static let lost = KeptExecution.lost(digest: digest)

    /// Has SQLite itself change the database, as a daemon of another version would.
    private func change(_ sql: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            "import sqlite3 as s, sys; d = s.connect(sys.argv[1]); d.executescript(sys.argv[2])",
            "\(folder)/agentd.sqlite", sql,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    private static func sandbox(_ id: String, created: UInt64 = 1) -> KeptSandbox {
        KeptSandbox(
            id: id, owner: "k'1", specification: [0, 255, 10], state: "Active", created: created,
            since: created)
    }

    @Test func `sandboxes are there again`() throws {
        do {
            let store = try store()
            try store.save(Self.sandbox("sbx-b", created: 2))
            try store.save(Self.sandbox("sbx-a", created: .max))
            try store.save(Self.sandbox("sbx-c", created: 1))
            try store.move("sbx-b", to: "Suspended", since: 9)
            try store.removeSandbox("sbx-c")
        }
        let found = try store().sandboxes()
        #expect(found.map(\.id) == ["sbx-b", "sbx-a"])
        #expect(found[0].state == "Suspended")
        #expect(found[0].since == 9)
        #expect(found[0].specification == [0, 255, 10])
        #expect(found[0].owner == "k'1")
        #expect(found[1].created == UInt64(Int64.max))
    }

    @Test func `a result is given again, one that was not made is lost`() throws {
        do {
            let store = try store()
            #expect(try Self.begin(store, "k1", "a", now: 10) == .new)
            try store.end(owner: "k1", key: "a", result: [1, 2, 3])
            #expect(try Self.begin(store, "k1", "b", now: 11) == .new)
            #expect(try Self.begin(store, "k2", "a", now: 12) == .new)
            try store.forget(owner: "k2", key: "a")
        }
        let store = try store()
        #expect(try Self.begin(store, "k1", "a", now: 20) == Self.done([1, 2, 3]))
        #expect(try Self.begin(store, "k1", "b", now: 20) == Self.lost)
        #expect(try Self.begin(store, "k1", "b", now: 20) == Self.lost)
        #expect(try Self.begin(store, "k2", "a", now: 20) == .new)
    }

    @Test func `results go when they are old, or too many, or too large`() throws {
        let store = try store {
            $0.keptNanoseconds = 100
            $0.resultsMax = 3
            $0.resultBytesMax = 10
        }
        for (number, key) in ["a", "b", "c", "d"].enumerated() {
            #expect(try Self.begin(store, "k", key, now: UInt64(number)) == .new)
            try store.end(owner: "k", key: key, result: [UInt8(number)])
        }
        #expect(try Self.begin(store, "k", "b", now: 5) == Self.done([1]))
        #expect(try Self.begin(store, "k", "e", now: 6) == .new)
        try store.end(owner: "k", key: "e", result: [UInt8](repeating: 9, count: 9))
        #expect(try Self.begin(store, "k", "d", now: 7) == Self.done([3]))
        #expect(try Self.begin(store, "k", "c", now: 8) == .new)
        #expect(try Self.begin(store, "k", "e", now: 200) == .new)
    }

    @Test func `one daemon has it at a time`() throws {
        let first = try store()
        #expect(throws: StateFault.inUse(first.path)) { try store() }
    }

    @Test(arguments: [0, 20, 4096])
    func `what is damaged is told, and left as it is`(place: Int) throws {
        let path = "\(folder)/agentd.sqlite"
        do {
            let store = try store()
            for number in 0..<200 { try store.save(Self.sandbox("sbx-\(number)")) }
        }
        let file = URL(fileURLWithPath: path)
        var bytes = try Data(contentsOf: file)
        #expect(bytes.count > 8192)
        bytes.replaceSubrange(place..<(place + 1000), with: Data(repeating: 0xA5, count: 1000))
        try bytes.write(to: file)
        let fault = #expect(throws: StateFault.self) { try store() }
        guard case .damaged(path, _) = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(try Data(contentsOf: file) == bytes)
    }

    @Test func `the state of a newer version is not touched`() throws {
        do { _ = try store() }
        let path = "\(folder)/agentd.sqlite"
        try change("INSERT INTO grdb_migrations (identifier) VALUES ('9 something new')")
        #expect(throws: StateFault.tooNew(path)) { try store() }
    }

    @Test func `what a request was is told with its result`() throws {
        let other = [UInt8](repeating: 8, count: 32)
        do {
            let store = try store()
            #expect(try Self.begin(store, "k", "a", now: 1) == .new)
            try store.end(owner: "k", key: "a", result: [1])
            #expect(try Self.begin(store, "k", "b", now: 1) == .new)
        }
        let store = try store()
        // Who compares is who asks; what is kept stays what it was.
        for digest in [other, Self.digest] {
            let known = try store.begin(owner: "k", key: "a", digest: digest, now: 2)
            #expect(known == Self.done([1]))
            let lost = try store.begin(owner: "k", key: "b", digest: digest, now: 2)
            #expect(lost == Self.lost)
        }
    }

    @Test func `the state of an older version is taken over`() throws {
        let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Corpus/state/version-1.sql")
        try change(try String(contentsOf: corpus, encoding: .utf8))
        for _ in 0..<2 {
            let store = try store()
            #expect(try store.sandboxes().map(\.id) == ["sbx-old"])
            let known = try Self.begin(store, "k1", "run", now: 20)
            #expect(known == .done(result: [1, 2, 3], digest: nil))
            let cut = try Self.begin(store, "k1", "cut", now: 20)
            #expect(cut == .lost(digest: nil))
            try store.close()
        }
    }
}
