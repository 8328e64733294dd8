internal import Bytes

/// The classes of bytes that HTTP grammars speak of, one table look-up each.
struct ByteClass: @unchecked Sendable {
    // Sendable: written once, before `shared` is visible to anyone.
    static let shared = ByteClass()

    /// A `tchar` of RFC 9110 §5.6.2.
    static let token: UInt8 = 1
    /// The underscore, a token character with a second meaning for some readers.
    static let underscore: UInt8 = 2
    /// What a request target may hold: visible ASCII but for `#`; `?` as well.
    static let target: UInt8 = 4
    /// `unreserved` of RFC 3986 §2.3.
    static let unreserved: UInt8 = 8
    /// `sub-delims` of RFC 3986 §2.2.
    static let subDelimiter: UInt8 = 16
    /// A hexadecimal digit.
    static let hexDigit: UInt8 = 32
    /// What a path may hold that needs no second look: `pchar` and `/`, without `%` and `;`.
    static let plainPath: UInt8 = 64

    let table: UnsafeMutablePointer<UInt8>

    private init() {
        table = .allocate(capacity: 256)
        table.initialize(repeating: 0, count: 256)
        for byte in UInt8(0x21)...0x7E where byte != UInt8(ascii: "#") {
            table[Int(byte)] |= Self.target
        }
        for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { addAlphanumeric(byte, isHex: true) }
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") {
            let isHex = byte <= UInt8(ascii: "f")
            addAlphanumeric(byte, isHex: isHex)
            addAlphanumeric(byte & ~0x20, isHex: isHex)
        }
        for byte in "!#$%&'*+-.^_`|~".utf8 { table[Int(byte)] |= Self.token }
        for byte in "-._~".utf8 { table[Int(byte)] |= Self.unreserved }
        for byte in "!$&'()*+,;=".utf8 { table[Int(byte)] |= Self.subDelimiter }
        table[Int(UInt8(ascii: "_"))] |= Self.underscore
        let plain = Self.unreserved | Self.subDelimiter
        for byte in 0..<256 where table[byte] & plain != 0 { table[byte] |= Self.plainPath }
        for byte in ":@/".utf8 { table[Int(byte)] |= Self.plainPath }
        table[Int(UInt8(ascii: ";"))] &= ~Self.plainPath
    }

    func has(_ byte: UInt8, _ mask: UInt8) -> Bool { table[Int(byte)] & mask != 0 }

    private func addAlphanumeric(_ byte: UInt8, isHex: Bool) {
        table[Int(byte)] |= Self.token | Self.unreserved | (isHex ? Self.hexDigit : 0)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes spell `text`, which is in lower case, in any case.
    func equalsFolded(_ text: StaticString) -> Bool {
        equalsFolded(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    func equalsFolded(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count
        where ASCII.lowercased(self[index]) != ASCII.lowercased(other[index]) {
            return false
        }
        return true
    }

    /// The first byte at or after `start` that a field value must not hold, or that ends it:
    /// a control other than HTAB, or DEL. `count` when there is none. Eight bytes a step.
    func endOfFieldValue(from start: Int) -> Int {
        guard let base = baseAddress else { return count }
        var index = start
        while true {
            index = base.firstControl(from: index, to: count)
            guard index < count, self[index] == ASCII.tab else { return index }
            index &+= 1
        }
    }
}

extension UnsafeRawPointer {
    /// The first byte below 0x20 or equal to 0x7F, in `start..<end`; `end` when there is none.
    func firstControl(from start: Int, to end: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index &+ 8 <= end {
            let word = word64(at: index).littleEndian
            // A byte borrows from the next only when it is itself a hit, so the lowest hit is exact.
            let belowSpace = (word &- ones &* 0x20) & ~word
            let delete = word ^ (ones &* 0x7F)
            let hits = (belowSpace | ((delete &- ones) & ~delete)) & highs
            if hits != 0 { return index &+ hits.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < end {
            let byte = load(fromByteOffset: index, as: UInt8.self)
            if byte < 0x20 || byte == 0x7F { return index }
            index &+= 1
        }
        return end
    }
}
