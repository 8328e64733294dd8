internal import Bytes
internal import Testing

struct LineBuilderTests {
    /// What an append leaves in memory of the given size, and that nothing lies past the end.
    private func written(
        capacity: Int = 64, _ append: (inout LineBuilder) -> Void
    ) -> (text: String, isOverflowed: Bool) {
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity + 16)
        defer { memory.deallocate() }
        memory.initialize(repeating: 0xAA)
        var line = LineBuilder(UnsafeMutableBufferPointer(rebasing: memory[..<capacity]))
        append(&line)
        #expect(line.count <= capacity)
        #expect(memory[line.count...].allSatisfy { $0 == 0xAA })
        return (String(decoding: line.bytes, as: UTF8.self), line.isOverflowed)
    }

    @Test(arguments: [
        UInt64(0), 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, 1_234_567_890,
        9_999_999_999_999_999_999, 10_000_000_000_000_000_000, .max,
    ])
    func `numbers are written in decimal`(value: UInt64) {
        #expect(written { $0.append(decimal: value) }.text == "\(value)")
        let signed = Int64(bitPattern: value)
        #expect(written { $0.append(decimal: signed) }.text == "\(signed)")
    }

    @Test(arguments: [
        (UInt64(0), "0.000"), (7, "0.007"), (45, "0.045"), (1234, "1.234"), (60_000, "60.000"),
        (.max, "18446744073709551.615"),
    ])
    func `thousandths are written as a fraction`(value: UInt64, expected: String) {
        #expect(written { $0.append(thousandths: value) }.text == expected)
        for capacity in 0..<expected.utf8.count {
            let (text, isOverflowed) = written(capacity: capacity) {
                $0.append(thousandths: value)
            }
            #expect(expected.hasPrefix(text))
            #expect(isOverflowed)
        }
    }

    @Test func `every byte of an address is written in decimal`() {
        for byte in UInt32(0)...255 {
            let texts = (0..<4).map { place in
                written { $0.append(dotted: byte << (24 - 8 * UInt32(place))) }.text
            }
            #expect(texts == ["\(byte).0.0.0", "0.\(byte).0.0", "0.0.\(byte).0", "0.0.0.\(byte)"])
        }
        #expect(written(capacity: 15) { $0.append(dotted: .max) }.text == "255.255.255.255")
        #expect(written(capacity: 14) { $0.append(dotted: .max) }.isOverflowed)
    }

    @Test(arguments: [(UInt64(7), 3, "007"), (123, 3, "123"), (1234, 3, "234"), (0, 2, "00")])
    func `fixed digits are padded with zeros and cut to the lowest`(
        value: UInt64, digits: Int, expected: String
    ) {
        #expect(written { $0.append(decimal: value, digits: digits) }.text == expected)
    }

    @Test(arguments: [
        UInt64(0), 1, 0x9A, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210, 0xA0A0_9999_0F0F_F9F9,
        .max,
    ])
    func `numbers are written in hexadecimal`(value: UInt64) {
        let digits = String(value, radix: 16)
        let padded = String(repeating: "0", count: 16 - digits.count) + digits
        let byte = UInt8(truncatingIfNeeded: value)
        #expect(written { $0.append(hex: byte) }.text == padded.suffix(2))
        for count in 0...16 {
            let cut = written { $0.append(hex: value, digits: count) }.text
            #expect(cut == padded.suffix(count))
        }
    }

    @Test func `bytes of every length are copied whole`() {
        for count in 0...64 {
            let bytes = (0..<UInt8(count)).map { 0x21 + $0 }
            let expected = String(decoding: bytes, as: UTF8.self)
            #expect(written { $0.append(bytes.span) }.text == expected)
        }
    }

    @Test func `what does not fit is left out with everything after it`() {
        for capacity in 0..<20 {
            let (text, isOverflowed) = written(capacity: capacity) { line in
                line.append("abc")
                line.append(decimal: UInt64(12345))
                line.append(hex: UInt64(1), digits: 16)
                line.append(UInt8(ascii: "z"))
            }
            #expect(isOverflowed)
            let expected = capacity < 3 ? "" : capacity < 8 ? "abc" : "abc12345"
            #expect(text == expected)
        }
    }

    @Test func `a rewind takes back bytes and the overflow`() {
        let (text, isOverflowed) = written(capacity: 4) { line in
            line.append("ab")
            let mark = line.count
            line.append("cdefgh")
            line.rewind(to: mark)
            line.append("xy")
            line.rewind(to: 100)
            line.rewind(to: -1)
        }
        #expect(text == "abxy")
        #expect(!isOverflowed)
    }

    @Test func `no memory is memory that is full`() {
        var line = LineBuilder(UnsafeMutableBufferPointer(start: nil, count: 0))
        line.append("a")
        #expect(line.isOverflowed)
        #expect(line.bytes.isEmpty)
    }
}
