import Foundation
import Synchronization
import Testing

@testable import Audit

struct AuditLogTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    @Test func `a line says what its record says, and nothing that has no value`() throws {
        let log = try AuditLog(fixture.options)
        var record = AuditRecord(.egress, .called)
        record.path = "/v1/\"models\"\n"
        record.status = 200
        record.bytesReceived = 7
        record.executions = ["exec-1", "exec-2"]
        try log.record(record)
        log.close()
        let line = try fixture.lines(of: fixture.files[0])[1]
        #expect(line.hasPrefix("{\"seq\":2,\"time\":\"20"))
        #expect(
            line.contains(
                "\"kind\":\"egress\",\"event\":\"called\",\"path\":\"/v1/\\\"models\\\"\\n\","
                    + "\"status\":200,\"bytes_received\":7,"
                    + "\"executions\":[\"exec-1\",\"exec-2\"],\"prev\":\""))
        let entry = try #require(Fixture.entry(line))
        #expect(entry["path"] == record.path)
        #expect(entry["status"] == "200")
        #expect(entry.list("executions") == ["exec-1", "exec-2"])
        #expect(entry["key_id"] == "")
    }

    @Test func `texts have a greatest length, and stay texts`() throws {
        let log = try AuditLog(fixture.options)
        var record = AuditRecord(.file, .ended)
        record.path = String(repeating: "\u{1F600}", count: 4000)
        record.keyID = "a" + String(repeating: "é", count: 4000)
        record.requests = (0..<100).map { "\($0)" }
        try log.record(record)
        log.close()
        let line = try fixture.lines(of: fixture.files[0])[1]
        let entry = try #require(Fixture.entry(line))
        #expect(entry["path"] == String(repeating: "\u{1F600}", count: 1024))
        #expect(entry["key_id"].utf8.count == 511)
        #expect(entry.list("requests").count == 16)
        #expect(try fixture.verify().isIntact)
    }

    @Test func `somebody else's ten lines accept the chain, across files and restarts`() throws {
        var options = fixture.options
        options.fileBytesMax = 2000
        for _ in 0..<3 { try fixture.fill(10, options) }
        let result = try fixture.verify()
        #expect(result.isIntact, "\(result.findings)")
        #expect(result.files > 5)
        #expect(result.first == 1)
        #expect(result.last.sequence == result.lines)
        #expect(try fixture.pythonAccepts())
        let file = try fixture.files[1]
        var lines = try fixture.lines(of: file)
        lines[1] = lines[1].replacing("\"code\":\"OK\"", with: "\"code\":\"KO\"")
        try fixture.write(lines, to: file)
        #expect(try fixture.pythonAccepts() == false)
    }

    @Test func `what many record at a time is in the log when they are told so`() throws {
        let log = try AuditLog(fixture.options)
        let failures = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 400) { number in
            do {
                try log.record(Fixture.record(number))
            } catch {
                failures.add(1, ordering: .relaxed)
            }
        }
        // Nobody has closed it: what was told to be there is there.
        #expect(failures.load(ordering: .relaxed) == 0)
        var requests: Set<String> = []
        try AuditReading(folder: fixture.folder).forEach { requests.insert($0["request_id"]) }
        #expect(requests.count == 401)
        #expect(try fixture.verify().isIntact)
        #expect(log.counts.written == 400)
    }

    @Test(arguments: [AuditOptions.Sync.never, .interval(nanoseconds: 1_000_000)])
    func `a log that is synchronised later is a log`(sync: AuditOptions.Sync) throws {
        var options = fixture.options
        options.sync = sync
        let log = try AuditLog(options)
        for number in 0..<50 { try log.write(Fixture.record(number)) }
        try log.enqueue(Fixture.record(50))
        log.close()
        #expect(try fixture.verify().lines == 52)
        #expect(throws: AuditFault.closed) { try log.record(Fixture.record(0)) }
    }

    @Test func `the oldest files go, and the chain says where it begins`() throws {
        var options = fixture.options
        options.fileBytesMax = 1000
        options.filesMax = 3
        try fixture.fill(40, options)
        #expect(try fixture.files.count == 3)
        let result = try fixture.verify()
        #expect(result.isIntact, "\(result.findings)")
        #expect(result.first > 1)
    }

    @Test func `a file that is old is followed by the next`() throws {
        var options = fixture.options
        options.fileAgeNanosecondsMax = 0
        var writer = try AuditWriter.open(options)
        let start = UInt64(Date().timeIntervalSince1970) * 1_000_000_000
        for day in 1..<4 {
            let time = start + UInt64(day) * 86_400_000_000_000
            try writer.write(
                [AuditTimedRecord(record: Fixture.record(day), wallNanoseconds: time)],
                isUrgent: true)
        }
        #expect(try fixture.files.count == 4)
        #expect(try fixture.verify().isIntact)
    }

    @Test func `a folder has one daemon`() throws {
        let log = try AuditLog(fixture.options)
        #expect(throws: AuditFault.inUse(fixture.folder)) { try AuditLog(fixture.options) }
        log.close()
    }

    @Test func `what cannot be written is told, and the log tells how much that was`() throws {
        var options = fixture.options
        options.fileBytesMax = 1
        let log = try AuditLog(options)
        try log.record(Fixture.record(0))
        // Without its folder a log has no next file.
        let away = fixture.folder + "-away"
        try FileManager.default.moveItem(atPath: fixture.folder, toPath: away)
        for number in 0..<3 {
            #expect(throws: AuditFault.self) { try log.record(Fixture.record(number)) }
        }
        #expect(log.fault != nil)
        #expect(throws: AuditFault.self) { try log.enqueue(Fixture.record(9)) }
        #expect(log.counts.failed == 3)
        try FileManager.default.moveItem(atPath: away, toPath: fixture.folder)
        try log.record(Fixture.record(4))
        #expect(log.fault == nil)
        log.close()
        let result = try fixture.verify()
        #expect(result.isIntact, "\(result.findings)")
        var details: [String] = []
        try AuditReading(folder: fixture.folder).forEach { details.append($0["detail"]) }
        #expect(details.contains { $0.hasSuffix("records could not be written") })
    }

    @Test func `pages go through a long log, each behind the one before it`() throws {
        var options = fixture.options
        options.fileBytesMax = 700_000
        options.sync = .never
        let log = try AuditLog(options)
        for number in 0..<4000 { try log.enqueue(Fixture.record(number)) }
        log.close()
        let reading = AuditReading(folder: fixture.folder)
        var found: [String] = []
        var after: UInt64 = 0
        for _ in 0..<100 {
            let page = try reading.page(after: after, limit: 300) { $0["key_id"] == "odd" }
            #expect(page.entries.count <= 300)
            found += page.entries.map { $0["request_id"] }
            after = page.next
            if page.isComplete { break }
        }
        #expect(found == (0..<2000).map { "request-\(2 * $0 + 1)" })
        let last = try reading.page(after: after, limit: 10) { _ in true }
        #expect(last.entries.isEmpty && last.isComplete)
    }
}
