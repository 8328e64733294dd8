import Bytes
import Testing

@Suite struct JSONTests {
    private func tokens(_ text: String, depthLimit: Int = 512) throws(JSONError) -> [JSONToken] {
        try tokens(Array(text.utf8), depthLimit: depthLimit)
    }

    private func tokens(_ bytes: [UInt8], depthLimit: Int = 512) throws(JSONError) -> [JSONToken] {
        let result = bytes.withUnsafeBytes { raw -> Result<[JSONToken], JSONError> in
            var reader = JSONReader(raw, depthLimit: depthLimit)
            var tokens: [JSONToken] = []
            do throws(JSONError) {
                while true {
                    let token = try reader.next()
                    tokens.append(token)
                    if token == .end { return .success(tokens) }
                }
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    @Test func `every kind of token is reported in order`() throws {
        let text = #" {"a": [1, -2.5e+3, "x", true, false, null], "b": {}} "#
        #expect(
            try tokens(text) == [
                .beginObject, .key, .beginArray, .number, .number, .string, .true, .false, .null,
                .endArray, .key, .beginObject, .endObject, .endObject, .end,
            ])
    }

    @Test(arguments: [
        ("", JSONError.incomplete(at: 0)), ("[1", .incomplete(at: 2)), ("\"ab", .incomplete(at: 3)),
        ("[1,]", .unexpected(at: 3)), ("{\"a\":1,}", .unexpected(at: 7)),
        ("{a:1}", .unexpected(at: 1)),
        ("[1}", .unexpected(at: 2)), ("01", .badNumber(at: 0)), ("1.", .badNumber(at: 2)),
        ("-", .incomplete(at: 1)), ("1e", .badNumber(at: 2)), ("+1", .unexpected(at: 0)),
        ("\"\u{1}\"", .badString(at: 1)), ("\"\\x\"", .badString(at: 1)),
        ("\"\\u12g4\"", .badString(at: 1)), ("1 2", .trailingBytes(at: 2)),
        ("nul", .incomplete(at: 3)),
        ("[[[[1]]]]", .tooDeep(limit: 4)), ("]", .unexpected(at: 0)),
        ("{\"a\" 1}", .unexpected(at: 5)),
    ])
    func `what is no document is refused`(text: String, error: JSONError) {
        #expect(throws: error) { try tokens(text, depthLimit: 4) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        let sequences: [[UInt8]] = [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
        ]
        for bad in sequences {
            #expect(throws: JSONError.badString(at: 1)) { try tokens([0x22] + bad + [0x22]) }
        }
    }

    @Test func `a document cut anywhere is incomplete and never accepted`() throws {
        let text = Array(#"{"key":["v\u00e9é€",{"n":-12.5}],"t":true}"#.utf8)
        #expect(try tokens(text).last == .end)
        for end in 0..<text.count {
            #expect(throws: JSONError.self) { try tokens(Array(text[..<end])) }
        }
    }

    @Test(arguments: [
        (#"a\n\t\"\\\/"#, "a\n\t\"\\/"), (#"\u00e9"#, "é"), (#"\ud83d\ude00"#, "😀"),
        (#"\ud83d"#, "\u{FFFD}"),
        (#"\ude00x"#, "\u{FFFD}x"), (#"\u20ac"#, "€"),
    ])
    func `escapes are resolved`(text: String, expected: String) {
        let resolved = Array(text.utf8).withUnsafeBytes { raw in
            [UInt8](unsafeUninitializedCapacity: raw.count) { room, count in
                count = JSONEscapes.resolve(raw, to: UnsafeMutableRawBufferPointer(room))
            }
        }
        #expect(String(decoding: resolved, as: UTF8.self) == expected)
    }

    @Test func `the writer places commas and escapes as Go does`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.integer(.min)
        writer.string("<&>\"\\\u{8}\u{c}\n\u{1}\u{2028}é")
        writer.endArray()
        writer.key("b")
        writer.null()
        writer.key("c")
        writer.boolean(true)
        writer.endObject()
        let expected =
            #"{"a":[-9223372036854775808,"<&>\"\\\b\f\n\u0001\u2028é"],"#
            + #""b":null,"c":true}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }
}
