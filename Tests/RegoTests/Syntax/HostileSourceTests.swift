internal import Testing

@testable internal import Rego

/// Sources that nobody means well with: cut short, altered, nested without end.
struct HostileSourceTests {
    private static let sources = [
        #"""
        # METADATA
        # title: A
        package a.b["c d"]
        import future.keywords.not
        import data.x.y as z
        default p(_) := {"a": [1, -2.5e3, null, true], "b": {1, "\u00e9\n"}, "c": set()}
        p(x) := y if { some k, v in input.xs; y := k + v * 2 } else := `raw` if not x.y[_] == z
        q contains [k, v] if { every a, b in x { a != b } with input.x as 1 with data.y as {} }
        r[x].s := {a: b | a := input[b]; not { a == 1; b } }
        t := $"one {x.y} two \{ {count([1 | true])}" if { f(1, [], {})[0].x(2) }
        """#,
        #"""
        package a
        import future.keywords.and
        import future.keywords.or
        p if { { x := 1; x > 0 } and (input.a or not input.b) or input.c with input as {"x": 1} }
        q := [x | x = [1, 2, 3][_]] | {y | y := {1: 2}[z]}
        """#,
    ]

    @Test func `a source cut at any byte is read or refused`() {
        for source in Self.sources {
            let bytes = Array(source.utf8)
            for end in bytes.indices { judge(Array(bytes[..<end])) }
        }
    }

    @Test func `a source with any byte replaced is read or refused`() {
        let replacements: [UInt8] = [0, 0x22, 0x5C, 0x7B, 0x7D, 0x28, 0x5B, 0xFF, 0x2E, 0x0A, 0x24]
        for source in Self.sources {
            let bytes = Array(source.utf8)
            for index in bytes.indices {
                var altered = bytes
                altered[index] = replacements[index % replacements.count]
                judge(altered)
            }
        }
    }

    @Test(arguments: [
        "[", "{", "(", "{1:", "[x |", "f(", "x[", "not ", "{x | x := ", "$\"{", "1 + (", "-",
    ])
    func `nesting without end is refused`(opening: String) {
        let body = String(repeating: opening, count: 20_000)
        #expect(!judge(Array("package a\np := \(body)".utf8)))
        #expect(!judge(Array("package a\np if \(body)".utf8)))
    }

    @Test(arguments: ["1 + ", "a.b | ", "x in ", "f(1)[0]."])
    func `a chain without end is refused`(link: String) {
        let chain = String(repeating: link, count: 20_000)
        #expect(!judge(Array("package a\np := \(chain)1".utf8)))
    }

    @Test func `alternatives without end are refused`() {
        let chain = String(repeating: "else := 1 if { false } ", count: 20_000)
        let source = Array("package a\np := 0 if { false } \(chain)".utf8)
        #expect(!judge(source, [.v1]))
    }

    @Test(arguments: [
        ("[", "1 + 1", "]"), ("{", "1 + 1", "}"), ("{1: ", "1 + 1", "}"), ("(", "1 + 1", ")"),
        ("[x | y := ", "1", "]"), ("f(", "1 + 1", ") + 1"), ("a[", "b", "]"),
    ])
    func `nesting within the limit is read in linear time`(
        opening: String, inner: String, closing: String
    ) {
        let depth = 60
        let term =
            String(repeating: opening, count: depth) + inner
            + String(repeating: closing, count: depth)
        var symbols = SymbolTable()
        #expect(throws: Never.self) {
            try ModuleParser.parse(
                Array("package a\np := \(term)".utf8), file: 0, options: ParserOptions(),
                symbols: &symbols)
        }
    }

    @Test func `paths without end are refused`() {
        let path = String(repeating: ".a", count: 20_000)
        #expect(!judge(Array("package a\np\(path) := 1".utf8)))
        #expect(!judge(Array("package a\nq := data\(path)".utf8)))
        #expect(!judge(Array("package a\(path)\nq := 1".utf8)))
    }

    @Test func `types that double with each rule stay small`() {
        let rules = (1...200).map { "p\($0) := [p\($0 - 1), p\($0 - 1)]" }
        let source = "package a\np0 := {\"a\": [1, {2}]}\n" + rules.joined(separator: "\n")
        #expect(judge(Array("\(source)\nq if p199 == p200".utf8), [.v1]))
        let lines = (1...100).map { "x\($0) := [x\($0 - 1), x\($0 - 1)]" }
        let body = "x0 := 1\n" + lines.joined(separator: "\n") + "\nx100 == x99"
        #expect(judge(Array("package a\np if {\n\(body)\n}".utf8), [.v1]))
    }

    @Test func `exponents are not expanded`() {
        #expect(!judge(Array("package a\np := 1e1000000000".utf8)))
        #expect(!judge(Array("package a\np := 1e-1000000000".utf8)))
        #expect(judge(Array("package a\np := 0e1000000000".utf8)))
    }

    /// Whether the source compiles; what it must never do is trap.
    @discardableResult
    private func judge(_ source: [UInt8], _ versions: [RegoVersion] = [.v1, .v0]) -> Bool {
        var isRight = false
        for version in versions {
            var symbols = SymbolTable()
            let options = ParserOptions(version: version, allowsExperimentalKeywords: true)
            do throws(RegoErrors) {
                let module = try ModuleParser.parse(
                    source, file: 0, options: options, symbols: &symbols)
                _ = try Formatter.format(source, options: options, as: version)
                _ = try Compiler.compile(
                    [module], symbols: symbols,
                    options: CompilerOptions(isStrict: true, keepsPrint: true))
                isRight = true
            } catch {
                #expect(!error.errors.isEmpty)
            }
        }
        return isRight
    }
}
