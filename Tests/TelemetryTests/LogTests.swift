internal import Synchronization
internal import Testing

@testable internal import Telemetry

struct LogTests {
    private final class Clock: Sendable {
        let now = Atomic<Int64>(noon)
        func advance(seconds: Int64) { now.add(seconds * 1_000_000_000, ordering: .relaxed) }
    }

    private func log(
        _ file: TemporaryFile, _ clock: Clock, level: LogLevel = .info
    ) throws -> Log {
        try Log(
            .file(file.path), level: level, repeatsMax: 2, repeatSeconds: 10,
            wallNanoseconds: { clock.now.load(ordering: .relaxed) })
    }

    @Test func `a message is one JSON object with its fields`() throws {
        let file = try TemporaryFile()
        let log = try log(file, Clock())
        log.warning(
            "upstream \"refused\"", ["route": .text("a\"b\nc\u{7F}"), "port": 8090, "tls": false])
        let records = try objects(file.bytes())
        try #require(records.count == 1)
        #expect(records[0]["timestamp"] as? String == "2026-11-23T06:30:00.123Z")
        #expect(records[0]["level"] as? String == "warning")
        #expect(records[0]["message"] as? String == "upstream \"refused\"")
        #expect(records[0]["route"] as? String == "a\"b\nc\u{7F}")
        #expect(records[0]["port"] as? Int == 8090)
        #expect(records[0]["tls"] as? Bool == false)
    }

    @Test func `messages below the level are not written, and the level can change`() throws {
        let file = try TemporaryFile()
        let log = try log(file, Clock(), level: .warning)
        log.debug("one")
        log.info("two")
        log.error("three")
        log.level = .debug
        log.debug("four")
        #expect(try messages(file) == ["three", "four"])
        #expect(LogLevel(name: "warning") == .warning)
        #expect(LogLevel(name: "loud") == nil)
    }

    @Test func `a message that repeats is held back, counted, and let through again`() throws {
        let file = try TemporaryFile()
        let clock = Clock()
        let log = try log(file, clock)
        for _ in 0..<7 { log.error("disk full") }
        log.error("another")
        clock.advance(seconds: 10)
        log.error("disk full")
        #expect(try messages(file) == ["disk full", "disk full", "another", "disk full"])
        let last = try #require(objects(file.bytes()).last)
        #expect(last["suppressed"] as? Int == 5)
    }

    @Test func `the count of held back messages comes with the next that passes`() {
        var limit = RepeatLimit(passedMax: 2, periodNanoseconds: 10)
        #expect(limit.message(1, nowNanoseconds: 0) == .init(passes: true, suppressed: 0))
        #expect(limit.message(1, nowNanoseconds: 1) == .init(passes: true, suppressed: 0))
        #expect(limit.message(1, nowNanoseconds: 2) == .init(passes: false, suppressed: 0))
        #expect(limit.message(2, nowNanoseconds: 2) == .init(passes: true, suppressed: 0))
        #expect(limit.message(1, nowNanoseconds: 9) == .init(passes: false, suppressed: 0))
        #expect(limit.message(1, nowNanoseconds: 10) == .init(passes: true, suppressed: 2))
        #expect(limit.message(1, nowNanoseconds: 5) == .init(passes: true, suppressed: 0))
        #expect(limit.message(1, nowNanoseconds: .max) == .init(passes: true, suppressed: 0))
    }

    @Test func `fields that do not fit are left out and the line stays whole`() throws {
        let file = try TemporaryFile()
        let log = try log(file, Clock())
        log.info(
            "big", ["huge": .text(String(repeating: "x", count: 100_000)), "small": 1])
        let records = try objects(file.bytes())
        try #require(records.count == 1)
        #expect(records[0]["huge"] == nil)
        #expect(records[0]["small"] as? Int == 1)
    }

    private func messages(_ file: TemporaryFile) throws -> [String] {
        try objects(file.bytes()).compactMap { $0["message"] as? String }
    }
}
