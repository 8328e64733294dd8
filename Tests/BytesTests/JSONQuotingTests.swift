internal import Bytes
internal import Testing

struct JSONQuotingTests {
    private func quoted(_ bytes: [UInt8]) -> String {
        var writer = JSONWriter()
        bytes.withUnsafeBytes { writer.string($0) }
        return String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
    }

    @Test func `a byte that needs an escape is found at every place of every length`() {
        for length in 1...40 {
            for place in 0..<length {
                for (byte, escape) in [(UInt8(0x1F), "\\u001f"), (0x22, "\\\""), (0xFF, "\\ufffd")]
                {
                    var bytes = [UInt8](repeating: 0x7A, count: length)
                    bytes[place] = byte
                    let before = String(repeating: "z", count: place)
                    let after = String(repeating: "z", count: length - place - 1)
                    #expect(quoted(bytes) == before + escape + after)
                }
            }
        }
    }

    @Test func `plain bytes are exactly those that JSON allows`() {
        for byte in UInt8.min...UInt8.max {
            for padding in [0, 7, 8] {
                let bytes = [byte] + [UInt8](repeating: 0x61, count: padding)
                let isPlain = byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
                let end = bytes.withUnsafeBytes { JSONQuoting.skipPlain($0, from: 0) }
                #expect(end == (isPlain ? bytes.count : 0), "byte \(byte)")
            }
        }
    }

    @Test func `a copy ends before the first byte that needs an escape, and within the text`() {
        let start = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 1)
        defer { start.deallocate() }
        let memory = UnsafeMutableRawBufferPointer(start: start, count: 64)
        for length in 0...24 {
            for place in 0...length {
                for byte in [UInt8(0x00), 0x1F, 0x22, 0x5C, 0x80, 0xFF] {
                    var bytes = (0..<UInt8(length)).map { 0x61 + $0 }
                    if place < length { bytes[place] = byte }
                    memory.initializeMemory(as: UInt8.self, repeating: 0xAA)
                    let copied = bytes.withUnsafeBytes {
                        JSONQuoting.copyPlain($0, to: start)
                    }
                    #expect(copied == place)
                    #expect(memory[..<copied].elementsEqual(bytes[..<copied]))
                    #expect(memory[length...].allSatisfy { $0 == 0xAA })
                }
            }
        }
    }

    @Test(arguments: [
        ("\u{8}\u{9}\n\u{C}\r", "\\b\\t\\n\\f\\r"),
        ("a\u{2028}b\u{2029}c", "a\\u2028b\\u2029c"),
        ("\u{2027}\u{202A}€é😀\u{7F}", "\u{2027}\u{202A}€é😀\u{7F}"),
        ("</script>&", "</script>&"),
        ("\0\u{1}", "\\u0000\\u0001"),
    ])
    func `text is escaped as Go does`(text: String, expected: String) {
        #expect(quoted(Array(text.utf8)) == expected)
    }
}
