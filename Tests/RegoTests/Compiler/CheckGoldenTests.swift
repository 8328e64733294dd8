internal import Foundation
internal import Testing

@testable internal import Rego

/// What the compiler says of single modules, against the recorded answers of OPA.
struct CheckGoldenTests {
    private struct Row: Decodable {
        var module: String
        var v0: [Fault]
        var v1: [Fault]
        var strict: [Fault]

        enum CodingKeys: String, CodingKey {
            case module, v0, v1
            case strict = "v1_strict"
        }
    }

    private struct Fault: Decodable, Hashable {
        var code: String
        var message: String
        var row: Int?
        var col: Int?

        var place: String { "\(code):\(row ?? 0):\(col ?? 0)" }
    }

    private struct Tally {
        var passed = 0
        var failed = 0
        var worded = 0

        mutating func add(_ isRight: Bool) {
            if isRight { passed += 1 } else { failed += 1 }
        }
    }

    @Test func `modules are judged as OPA judges them`() throws {
        let text = String(decoding: try Golden.data("check.jsonl"), as: UTF8.self)
        var tally = Tally()
        for line in text.split(separator: "\n") {
            let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
            check(row.module, .v1, isStrict: false, row.v1, &tally)
            check(row.module, .v1, isStrict: true, row.strict, &tally)
            check(row.module, .v0, isStrict: false, row.v0, &tally)
        }
        let total = tally.passed + tally.failed
        print(
            "check: \(tally.passed) passed, \(tally.failed) failed, 0 skipped of \(total)"
                + " (\(tally.worded) with the same words)")
        #expect(Double(tally.passed) >= 0.98 * Double(total))
    }

    private func check(
        _ module: String, _ version: RegoVersion, isStrict: Bool, _ expected: [Fault],
        _ tally: inout Tally
    ) {
        let found = faults(of: module, version, isStrict: isStrict)
        let isRight = found.map(\.place).sorted() == expected.map(\.place).sorted()
        tally.add(isRight)
        let isWorded =
            found.map { $0.place + $0.message }.sorted()
            == expected.map { $0.place + $0.message }.sorted()
        if isWorded { tally.worded += 1 }
        guard !isRight || !isWorded, Golden.isVerbose else { return }
        print("=== \(isRight ? "WORDS" : "FAIL") \(version) strict=\(isStrict)\n\(module)")
        for fault in expected { print("  want \(fault.place) \(fault.message)") }
        for fault in found { print("  got  \(fault.place) \(fault.message)") }
    }

    private func faults(
        of source: String, _ version: RegoVersion, isStrict: Bool
    ) -> [Fault] {
        var symbols = SymbolTable()
        do throws(RegoErrors) {
            let module = try ModuleParser.parse(
                Array(source.utf8), file: 0, options: ParserOptions(version: version),
                symbols: &symbols)
            _ = try Compiler.compile(
                [module], symbols: symbols,
                options: CompilerOptions(isStrict: isStrict),
                fileNames: ["m.rego"])
            return []
        } catch {
            return error.errors.map { fault in
                Fault(
                    code: fault.code.rawValue, message: fault.message,
                    row: fault.location.map { Int($0.row) },
                    col: fault.location.map { Int($0.column) })
            }
        }
    }
}
