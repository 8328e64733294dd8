import Testing

@testable import Bytes

private func read(_ text: String, _ limits: YAMLReader.Limits = .init()) throws(YAMLError)
    -> YAMLDocument
{
    try YAMLReader.read(Array(text.utf8), limits: limits)
}

extension YAMLNode {
    /// A short text of the structure: `{a: [b, "c"]}`; quoted scalars keep quotes.
    fileprivate var outline: String {
        switch content {
        case .scalar(let scalar): scalar.isPlain ? scalar.text : "\"\(scalar.text)\""
        case .sequence(let items): "[" + items.map(\.outline).joined(separator: ", ") + "]"
        case .mapping(let pairs):
            "{" + pairs.map { "\($0.key.outline): \($0.value.outline)" }.joined(separator: ", ")
                + "}"
        }
    }
}

@Suite struct YAMLTests {
    @Test(arguments: [
        ("a: 1\nb: [x, 'y']", "{a: 1, b: [x, \"y\"]}"),
        ("- a\n- b: c\n  d:\n", "[a, {b: c, d: }]"),
        ("a: &x [1, 2]\nb: *x", "{a: [1, 2], b: [1, 2]}"),
        ("|\n  two\n  lines\n", "\"two\nlines\n\""),
        ("# nothing else\n--- {}\n", "{}"),
        ("\u{FEFF}a: \"\\u00e9\"", "{a: \"\u{e9}\"}"),
    ])
    func `documents become nodes`(text: String, outline: String) throws {
        #expect(try read(text).root?.outline == outline)
    }

    @Test func `nodes know their place`() throws {
        let root = try #require(try read("a:\n  - b\n  - \u{e9}: c\n").root)
        guard case .mapping(let pairs) = root.content,
            case .sequence(let items) = pairs[0].value.content,
            case .mapping(let inner) = items[1].content
        else { return #expect(Bool(false)) }
        #expect(root.mark == YAMLMark(line: 1, column: 1))
        #expect(items[0].mark == YAMLMark(line: 2, column: 5))
        #expect(inner[0].value.mark == YAMLMark(line: 3, column: 8))
    }

    @Test func `an empty stream has no document and a second one is pointed at`() throws {
        #expect(try read("").root == nil)
        #expect(try read("# x\n").root == nil)
        let two = try read("a: 1\n--- b\n")
        #expect(two.root?.outline == "{a: 1}")
        #expect(two.nextDocument == YAMLMark(line: 2, column: 1))
    }

    @Test(arguments: [
        ("a: [1", 2), ("a: b: c", 1), ("\t- a", 1), ("a: *x", 1), ("a: \"\\q\"", 1), ("@", 1),
        ("a: \u{1}", 1), ("&a [*a]", 1), ("{a: &b {c: *b}}", 1), ("- a\nb", 3), ("!<", 1),
    ])
    func `malformed text is refused with its line`(text: String, line: Int) {
        let error = #expect(throws: YAMLError.self) { try read(text) }
        #expect(error?.mark.line == line)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: YAMLError.self) { try YAMLReader.read([0x61, 0x3A, 0x20, 0xC3, 0x28]) }
    }

    @Test func `nesting is bounded, through aliases too`() throws {
        let nested = String(repeating: "[", count: 20) + String(repeating: "]", count: 20)
        #expect(try read(nested, .init(depthMax: 20)).root != nil)
        #expect(throws: YAMLError.self) { try read(nested, .init(depthMax: 19)) }
        let aliased = "[&a [[[]]], [[*a]]]"
        #expect(try read(aliased, .init(depthMax: 6)).root != nil)
        #expect(throws: YAMLError.self) { try read(aliased, .init(depthMax: 5)) }
        let hostile = String(repeating: "[", count: 1_000_000)
        #expect(throws: YAMLError.self) { try read(hostile) }
    }

    @Test func `aliases cannot multiply without end`() throws {
        var text = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
        for level in 1...12 {
            let copies = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(copies)]\n"
        }
        let error = #expect(throws: YAMLError.self) { try read(text) }
        #expect(error?.reason == "more than 10000000 nodes")
        // The root, its key and value, and the sequence's nine members.
        #expect(throws: YAMLError.self) { try read("a: [1, 2]", .init(nodesMax: 4)) }
        #expect(try read("a: [1, 2]", .init(nodesMax: 5)).root != nil)
    }

    @Test func `the size is bounded`() throws {
        #expect(try read("abc", .init(bytesMax: 3)).root != nil)
        #expect(throws: YAMLError.self) { try read("abcd", .init(bytesMax: 3)) }
    }

    @Test(arguments: [
        ("", "null"), ("~", "null"),
        ("a: yes\nb: Off\nc: y\nd: 'yes'", #"{"a":true,"b":false,"c":true,"d":"yes"}"#),
        ("[1, -1, +7, 010, 0o17, 0x1F, 0b11, 1_000, -0x10, 0]", "[1,-1,7,8,15,31,3,1000,-16,0]"),
        (
            "[08, 0xG, 1__0, '1', -, +, 1e, 0b12, 12e03]",
            #"[8,"0xG",10,"1","-","+","1e","0b12",12000]"#
        ),
        (
            "[9223372036854775807, 18446744073709551615, -9223372036854775808]",
            "[9223372036854775807,18446744073709551615,-9223372036854775808]"
        ),
        (
            "[0x1FFFFFFFFFFFFFFFF, -0x1FFFFFFFFFFFFFFFF]",
            "[36893488147419103231,-36893488147419103231]"
        ),
        (
            "[18446744073709551616, 123456789012345678901]",
            "[18446744073709552000,123456789012345680000]"
        ),
        (
            "[1.50, .5, 5., -0.0, 1e21, 1e20, 1e-6, 1e-7, 0.1e-9, 1.25e+22, 100.0]",
            "[1.5,0.5,5,-0,1e+21,100000000000000000000,0.000001,1e-7,1e-10,1.25e+22,100]"
        ),
        (
            "[2001-01-01, 2001-12-14t21:59:43.10-05:00, 1:30]",
            #"["2001-01-01","2001-12-14t21:59:43.10-05:00","1:30"]"#
        ),
        ("!!str 1", #""1""#), ("!!float 1", "1"), ("!!int '1'", "1"), ("!custom x", #""x""#),
        ("! 1", #""1""#),
        ("!!binary aGVsbG8=", #""hello""#), ("'<a> &'", #""<a> &""#),
        ("1: a\ntrue: b\n1.5: c\n~: d", #"{"1":"a","true":"b","1.5":"c","null":"d"}"#),
        ("x: &x {a: 1, b: 2}\nz: {b: 3, <<: *x}", #"{"x":{"a":1,"b":2},"z":{"a":1,"b":2,"b":3}}"#),
        ("z: {<<: [{a: 1}, {a: 2, b: 2}]}", #"{"z":{"a":2,"b":2,"a":1}}"#),
        ("|\n a\n  b\n", #""a\n b\n""#), (">-\n a\n b\n", #""a b""#),
    ])
    func `values are those of Go's reader`(text: String, json: String) throws {
        let written = try YAMLNode.json(Array(text.utf8))
        #expect(String(decoding: written, as: UTF8.self) == json)
    }

    @Test(arguments: [
        "a: .nan", "[.inf, 1]", "-.Inf", "!!int x", "!!bool 1", "!!binary '!'", "? [a]\n: b",
        "{<<: 1}", "{<<: [1]}", "!!binary /w==",
    ])
    func `what JSON cannot say is refused`(text: String) {
        #expect(throws: YAMLError.self) { try YAMLNode.json(Array(text.utf8)) }
    }
}
