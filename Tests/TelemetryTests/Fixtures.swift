internal import Foundation
internal import Glibc
internal import Testing

@testable internal import Telemetry

/// 2026-11-23T06:30:00.123Z
let noon: Int64 = 1_795_415_400_123_456_789

/// A file of its own for one test, gone afterwards.
final class TemporaryFile {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.path
        var template = Array("\(folder)/sluice-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        close(descriptor)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        unlink(path)
        unlink(path + ".1")
    }

    func bytes(of path: String? = nil) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path ?? self.path)))
    }
}

/// The lines of a log, each read by a JSON reader that is not ours.
func objects(_ bytes: [UInt8]) throws -> [[String: Any]] {
    #expect(bytes.isEmpty || bytes.last == UInt8(ascii: "\n"))
    return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
        let object = try JSONSerialization.jsonObject(with: Data(line))
        return try #require(object as? [String: Any])
    }
}

extension AccessRing {
    /// Everything in the ring.
    func drained() -> [UInt8] {
        var bytes: [UInt8] = []
        drain { bytes.append(contentsOf: $0) }
        return bytes
    }
}

func ring(capacity: Int = 1 << 16, queryRule: QueryRule = .drop) -> AccessRing {
    AccessRing(capacity: capacity, queryRule: queryRule, wakeup: WriterWakeup())
}

/// The one record that `fill` makes.
func record(
    queryRule: QueryRule = .drop, _ fill: (inout AccessLine) -> Void
) throws -> [String: Any] {
    let ring = ring(queryRule: queryRule)
    guard var line = ring.begin(wallNanoseconds: noon) else {
        Issue.record("an empty ring had no room")
        return [:]
    }
    fill(&line)
    ring.commit(line)
    let records = try objects(ring.drained())
    try #require(records.count == 1)
    return records[0]
}
