import Foundation
import Testing

@testable import Audit

struct AuditTamperTests {
    private let fixture: Fixture

    init() throws {
        fixture = try Fixture()
        var options = fixture.options
        options.fileBytesMax = 3000
        try fixture.fill(20, options)
    }

    struct Tampering: CustomTestStringConvertible, Sendable {
        let name: String
        /// Lines of the second file as they are, and as they are then.
        let change: @Sendable ([String]) -> [String]
        /// The place that is found first, and what is found there.
        let line: Int
        let code: String

        var testDescription: String { name }
    }

    static let tamperings = [
        Tampering(
            name: "a value is another",
            change: { $0.changed(3) { $0.replacing("\"code\":\"OK\"", with: "\"code\":\"KO\"") } },
            line: 4, code: "altered"),
        Tampering(
            name: "a time is another",
            change: { $0.changed(2) { $0.replacing("\"time\":\"2", with: "\"time\":\"1") } },
            line: 3, code: "altered"),
        Tampering(
            name: "a member is gone",
            change: { $0.changed(2) { $0.replacing(",\"decision\":\"allowed\"", with: "") } },
            line: 3, code: "altered"),
        Tampering(
            name: "a line is gone", change: { Array($0[..<2] + $0[3...]) }, line: 3,
            code: "missing"),
        Tampering(
            name: "lines at the end are gone", change: { $0.dropLast(2) }, line: 1,
            code: "missing"),
        Tampering(
            name: "the first line is gone", change: { Array($0.dropFirst()) }, line: 1,
            code: "other_file"),
        Tampering(
            name: "a line is there twice", change: { Array($0[..<3] + $0[2...]) }, line: 4,
            code: "out_of_order"),
        Tampering(
            name: "two lines are exchanged",
            change: { Array($0[..<2] + [$0[3], $0[2]] + $0[4...]) }, line: 3, code: "missing"),
        Tampering(
            name: "a line of another log is inserted",
            change: { Array($0[..<2] + [Self.foreign(9)] + $0[2...]) }, line: 3,
            code: "out_of_order"),
        Tampering(
            name: "a line is exchanged for one with a hash of its own",
            change: { lines in
                let sequence = AuditEntry.sequence(of: Array(lines[2].utf8)[...]) ?? 0
                return lines.changed(2) { _ in Self.foreign(sequence) }
            }, line: 3, code: "other_chain"),
        Tampering(
            name: "a text is inserted", change: { Array($0[..<2] + ["hello"] + $0[2...]) },
            line: 3, code: "no_line"),
        Tampering(
            name: "a hash is in capitals",
            change: {
                $0.changed(2) { String($0.dropLast(66)) + $0.suffix(66).uppercased() }
            }, line: 3, code: "no_line"),
        Tampering(
            name: "a blank follows the line's end", change: { $0.changed(2) { $0 + " " } }, line: 3,
            code: "no_line"),
    ]

    /// A whole line that belongs to another chain.
    static func foreign(_ sequence: UInt64) -> String {
        let body = AuditLine.body(
            Fixture.record(1), sequence: sequence, wallNanoseconds: 1_700_000_000_000_000_000)
        let line = AuditChain.seal(body, after: [UInt8](repeating: 7, count: 32)).line
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    @Test(arguments: tamperings)
    func `it is found where it was done`(tampering: Tampering) throws {
        #expect(try fixture.verify().isIntact)
        let file = try fixture.files[1]
        try fixture.write(tampering.change(fixture.lines(of: file)), to: file)
        let result = try fixture.verify()
        let first = try #require(result.findings.first)
        #expect(first.code == tampering.code, "\(result.findings)")
        #expect(first.line == tampering.line)
        // What is cut off at a file's end shows where the next one begins.
        let place = tampering.name.contains("end are gone") ? 2 : 1
        #expect(first.file == (try fixture.files[place]))
        // JSON allows a blank.
        #expect(try fixture.pythonAccepts() == tampering.name.contains("blank"))
    }

    @Test func `every byte of a line counts`() throws {
        let file = try fixture.files[0]
        let bytes = Array(try fixture.lines(of: file)[1].utf8)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1
            let claim = AuditChain.claim(of: altered[...])
            #expect(claim == nil || claim?.holds == false, "\(index)")
        }
    }

    @Test func `a file that is gone is found`() throws {
        try FileManager.default.removeItem(atPath: fixture.files[1])
        #expect(try fixture.verify().findings.map(\.code) == ["missing"])
    }

    @Test func `an end that was cut off is found by a hash that was noted`() throws {
        let noted = try fixture.verify().last.hashText
        #expect(try fixture.verify(expected: noted).isIntact)
        let file = try #require(try fixture.files.last)
        try fixture.write(fixture.lines(of: file).dropLast(), to: file)
        #expect(try fixture.verify().isIntact)
        #expect(try fixture.verify(expected: noted).findings.map(\.code) == ["unknown_hash"])
    }

    @Test func `findings are counted, and told up to a limit`() throws {
        let file = try fixture.files[0]
        try fixture.write((0..<500).map { "\($0)" }, to: file)
        let result = try fixture.verify()
        #expect(result.findings.count == 100)
        #expect(result.findingsCount > 499)
    }

    // MARK: what a daemon leaves that was ended

    @Test func `a line that was cut anywhere is set aside, and the chain goes on`() throws {
        let file = try #require(try fixture.files.last)
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        let last = try fixture.lines(of: file).last?.utf8.count ?? 0
        for kept in stride(from: 0, through: last, by: 23) {
            try whole.dropLast(last + 1 - kept).write(to: URL(fileURLWithPath: file))
            try fixture.fill(1)
            let result = try fixture.verify()
            #expect(result.isIntact, "\(kept): \(result.findings)")
            #expect(result.recoveries.count == (kept == 0 ? 0 : 1), "\(kept)")
            #expect(result.tornBytes == 0)
            for torn in try FileManager.default.contentsOfDirectory(atPath: fixture.folder)
            where torn.contains("torn") {
                let path = "\(fixture.folder)/\(torn)"
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == kept)
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }

    @Test func `what a disk makes of lines it did not get is set aside`() throws {
        let file = try #require(try fixture.files.last)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes.append(Data(count: 5000))
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect(try fixture.verify().tornBytes == 5000)
        try fixture.fill(1)
        let result = try fixture.verify()
        #expect(result.isIntact && result.recoveries.count == 1)
    }

    @Test func `an empty file is no end of a log`() throws {
        let count = try fixture.verify().lines
        let next = "\(fixture.folder)/\(AuditFileName.make(first: count + 1))"
        try Data().write(to: URL(fileURLWithPath: next))
        try fixture.fill(1)
        #expect(try fixture.verify().isIntact)
    }

    @Test func `a file that is no log is not written to`() throws {
        let file = try #require(try fixture.files.last)
        try "hello\n".write(toFile: file, atomically: false, encoding: .utf8)
        #expect(throws: AuditFault.damaged(file)) { try AuditLog(fixture.options) }
    }
}

extension [String] {
    fileprivate func changed(_ index: Int, _ change: (String) -> String) -> [String] {
        var lines = self
        lines[index] = change(lines[index])
        return lines
    }
}
