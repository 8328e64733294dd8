import Testing

@testable import Rego

@Suite struct BuiltinRegistryTests {
    /// What the compiler replaces, or the machine does itself.
    private static let elsewhere: Set<String> = [
        "assign", "eq", "rego.metadata.chain", "rego.metadata.rule",
    ]

    @Test func `every declared builtin has an implementation`() {
        let missing = BuiltinDeclarations.all.map(\.name).filter {
            BuiltinRegistry.entries[$0] == nil && !Self.elsewhere.contains($0)
        }
        #expect(missing == [])
    }

    @Test func `every implementation is declared, once`() {
        let names = BuiltinRegistry.families.joined().map(\.name)
        #expect(names.filter { BuiltinDeclarations.byName[$0] == nil } == [])
        #expect(Set(names).count == names.count)
    }

    @Test func `no builtin crashes on arguments of the wrong kind`() throws {
        let odd = [
            "null", "true", "0", "-1", "1.5", "1e400", "\"\"", "\"a\"", "\"\\u0000\"", "[]",
            "[1]", "[\"a\"]", "[[]]", "{}", "{\"a\":1}", "99999999999999999999",
        ]
        let tester = BuiltinTester()
        let values = try odd.map(tester.value) + [tester.context.arena.string([0xFF, 0x80])]
        for entry in BuiltinRegistry.families.joined() {
            for first in values {
                for second in values {
                    _ = try? tester.call(entry.name, [first, second, first, second, first])
                }
            }
        }
    }
}
