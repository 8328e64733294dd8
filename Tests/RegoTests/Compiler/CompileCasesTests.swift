internal import Foundation
internal import Testing

@testable internal import Rego

/// Modules that do not compile, with the faults that OPA's own cases expect of them.
struct CompileCasesTests {
    private struct Case: Decodable {
        var note: String
        var version: String?
        var modules: [String]
        var print: Bool?
        var errors: [Fault]
        var isExhaustive: Bool

        enum CodingKeys: String, CodingKey {
            case note, modules
            case version = "rego_version"
            case print = "print_statements"
            case errors = "want_errors"
            case isExhaustive = "exhaustive"
        }
    }

    private struct Fault: Decodable, Hashable {
        var code: String
        var message: String
        var row: Int
        var col: Int
    }

    @Test func `faults have the code, place and words of OPA`() throws {
        let cases = try JSONDecoder().decode(
            [Case].self, from: Golden.data("compilecases.json"))
        #expect(!cases.isEmpty)
        for example in cases {
            let found = faults(of: example)
            let missing = example.errors.filter { !found.contains($0) }
            #expect(missing == [], "\(example.note): \(found)")
            if example.isExhaustive {
                #expect(found.count == example.errors.count, "\(example.note): \(found)")
            }
        }
    }

    private func faults(of example: Case) -> [Fault] {
        var symbols = SymbolTable()
        do throws(RegoErrors) {
            var modules: [Module] = []
            for (index, source) in example.modules.enumerated() {
                modules.append(
                    try ModuleParser.parse(
                        Array(source.utf8), file: index,
                        options: ParserOptions(version: example.version == "v0" ? .v0 : .v1),
                        symbols: &symbols))
            }
            _ = try Compiler.compile(
                modules, symbols: symbols,
                options: CompilerOptions(keepsPrint: example.print ?? false))
            return []
        } catch {
            return error.errors.map { fault in
                Fault(
                    code: fault.code.rawValue, message: fault.message,
                    row: Int(fault.location?.row ?? 0), col: Int(fault.location?.column ?? 0))
            }
        }
    }
}
