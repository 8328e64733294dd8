import Bytes
import Rego
import Testing

@testable import Policy

@Suite struct PolicyCapabilitiesTests {
    private func document(isV0: Bool = false) throws -> FrozenData {
        let json = PolicyCapabilities(isV0: isV0).json
        return try json.withUnsafeBytes { try FrozenData.json($0) }
    }

    @Test func `every builtin is there once, in the order of names`() throws {
        let document = try document()
        let names = document.root.member("builtins").array.buffer.map {
            $0.member("name").text ?? ""
        }
        #expect(names == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(Set(names) == Set(BuiltinDeclarations.byName.keys))
        #expect(names.count == BuiltinDeclarations.all.count)
    }

    @Test(arguments: [
        (
            "and",
            #"{"decl":{"args":[{"of":{"type":"any"},"type":"set"},{"of":{"type":"any"},"type":"set"}],"result":{"of":{"type":"any"},"type":"set"},"type":"function"},"infix":"&","name":"and"}"#
        ),
        (
            "count",
            #"{"decl":{"args":[{"of":[{"type":"string"},{"dynamic":{"type":"any"},"type":"array"},{"dynamic":{"key":{"type":"any"},"value":{"type":"any"}},"type":"object"},{"of":{"type":"any"},"type":"set"}],"type":"any"}],"result":{"type":"number"},"type":"function"},"name":"count"}"#
        ),
        (
            "walk",
            #"{"decl":{"args":[{"type":"any"}],"result":{"static":[{"dynamic":{"type":"any"},"type":"array"},{"type":"any"}],"type":"array"},"type":"function"},"name":"walk","relation":true}"#
        ),
        (
            "print", #"{"decl":{"type":"function","variadic":{"type":"any"}},"name":"print"}"#
        ),
        (
            "time.now_ns",
            #"{"decl":{"result":{"type":"number"},"type":"function"},"name":"time.now_ns","nondeterministic":true}"#
        ),
        (
            "json.marshal_with_options",
            #"{"decl":{"args":[{"type":"any"},{"dynamic":{"key":{"type":"string"},"value":{"type":"any"}},"static":[{"key":"indent","value":{"type":"string"}},{"key":"prefix","value":{"type":"string"}},{"key":"pretty","value":{"type":"boolean"}}],"type":"object"}],"result":{"type":"string"},"type":"function"},"name":"json.marshal_with_options"}"#
        ),
        ("no.such.function", ""),
    ])
    func `types are written as OPA writes them`(name: String, json: String) throws {
        let document = try document()
        let found = document.root.member("builtins").array.buffer.first {
            $0.member("name").text == name
        }
        #expect((found?.jsonText ?? "") == json)
    }

    @Test func `members of a builtin are in OPA's order and escaped as Go escapes`() {
        let text = String(decoding: PolicyCapabilities().json, as: UTF8.self)
        #expect(
            text.hasPrefix(
                "{\n  \"builtins\": [\n    {\n      \"name\": \"abs\",\n      \"decl\": {\n"))
        #expect(text.contains(#""infix": "\u0026""#))
        #expect(text.hasSuffix("\n  ]\n}\n"))
    }

    @Test(arguments: [
        (false, #"["not"]"#, #"["keywords_in_refs","rego_v1","template_strings"]"#),
        (
            true, #"["contains","every","if","in","not"]"#,
            #"["keywords_in_refs","rego_v1","rego_v1_import","rule_head_ref_string_prefixes","rule_head_refs","template_strings"]"#
        ),
    ])
    func `keywords and features follow the language`(
        isV0: Bool, keywords: String, features: String
    ) throws {
        let document = try document(isV0: isV0)
        #expect(document.root.member("future_keywords").jsonText == keywords)
        #expect(document.root.member("features").jsonText == features)
        for keyword in PolicyCapabilities(isV0: isV0).futureKeywords {
            var symbols = SymbolTable()
            #expect(throws: Never.self, "\(keyword)") {
                try ModuleParser.parse(
                    Array("package a\n\nimport future.keywords.\(keyword)\n".utf8), file: 0,
                    options: ParserOptions(version: isV0 ? .v0 : .v1), symbols: &symbols)
            }
        }
    }
}
