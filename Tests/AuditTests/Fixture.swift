import Foundation
import Testing

@testable import Audit

/// A folder for a log, removed with this value.
final class Fixture {
    let folder: String

    init() throws {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        folder = place.path
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var options: AuditOptions { AuditOptions(folder: folder) }

    static func record(_ number: Int) -> AuditRecord {
        var record = AuditRecord(.execution, .ended)
        record.requestID = "request-\(number)"
        record.keyID = number.isMultiple(of: 2) ? "even" : "odd"
        record.sandboxID = "sbx-\(number)"
        record.decision = .allowed
        record.code = "OK"
        record.exitCode = 0
        record.durationNanoseconds = 1_234_567
        return record
    }

    /// Writes a log with that many records and closes it.
    func fill(_ count: Int, _ options: AuditOptions? = nil) throws {
        let log = try AuditLog(options ?? self.options)
        for number in 0..<count { try log.record(Self.record(number)) }
        log.close()
    }

    /// The log's files, in order.
    var files: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".jsonl") }.sorted().map { "\(folder)/\($0)" }
        }
    }

    func lines(of file: String) throws -> [String] {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }

    static func entry(_ line: String) -> AuditEntry? { AuditEntry(Array(line.utf8)[...]) }

    func write(_ lines: [String], to file: String) throws {
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: file, atomically: false, encoding: .utf8)
    }

    func verify(expected: String? = nil) throws -> AuditVerification {
        var verifier = try AuditVerifier(folder)
        verifier.expected = expected
        return try verifier.verify()
    }

    /// What the verifier says that shares no code with the log: Python, ten lines of it.
    func pythonAccepts() throws -> Bool {
        let process = Process()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Corpus/audit/verify.py").standardized.path
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script] + (try files)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
