internal import Bytes

/// The classes of bytes that HTTP grammars speak of, one table look-up each.
struct ByteClass: @unchecked Sendable {
    // Sendable: written once, before `shared` is visible to anyone.
    static let shared = ByteClass()

    /// A `tchar` of RFC 9110 §5.6.2.
    static let token: UInt8 = 1
    /// The underscore, a token character with a second meaning for some readers.
    static let underscore: UInt8 = 2
    /// What a request target may hold besides `?`: visible ASCII but for `#`.
    static let target: UInt8 = 4
    /// `unreserved` of RFC 3986 §2.3.
    static let unreserved: UInt8 = 8
    /// `sub-delims` of RFC 3986 §2.2.
    static let subDelimiter: UInt8 = 16
    /// A hexadecimal digit.
    static let hexDigit: UInt8 = 32
    /// What a path may hold that needs no second look: `pchar` without `%`, `;` and `.`.
    static let plainPath: UInt8 = 64
    /// A token character that is not in upper case, as names have them in HTTP/2 (RFC 9113 §8.2.1).
    static let lowercaseToken: UInt8 = 128

    let table: UnsafeMutablePointer<UInt8>

    private init() {
        table = .allocate(capacity: 256)
        table.initialize(repeating: 0, count: 256)
        for byte in UInt8(0x21)...0x7E where !"#?".utf8.contains(byte) {
            table[Int(byte)] |= Self.target
        }
        for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { addAlphanumeric(byte, isHex: true) }
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") {
            let isHex = byte <= UInt8(ascii: "f")
            addAlphanumeric(byte, isHex: isHex)
            addAlphanumeric(byte & ~0x20, isHex: isHex)
        }
        for byte in UInt8.min...UInt8.max where ASCII.isToken(byte) {
            table[Int(byte)] |= Self.token
        }
        for byte in "-._~".utf8 { table[Int(byte)] |= Self.unreserved }
        for byte in "!$&'()*+,;=".utf8 { table[Int(byte)] |= Self.subDelimiter }
        table[Int(UInt8(ascii: "_"))] |= Self.underscore
        let plain = Self.unreserved | Self.subDelimiter
        for byte in 0..<256 where table[byte] & plain != 0 { table[byte] |= Self.plainPath }
        for byte in ":@".utf8 { table[Int(byte)] |= Self.plainPath }
        for byte in ";.".utf8 { table[Int(byte)] &= ~Self.plainPath }
        for byte in 0..<256 where table[byte] & Self.token != 0 && !(0x41...0x5A).contains(byte) {
            table[byte] |= Self.lowercaseToken
        }
    }

    func has(_ byte: UInt8, _ mask: UInt8) -> Bool { table[Int(byte)] & mask != 0 }

    private func addAlphanumeric(_ byte: UInt8, isHex: Bool) {
        table[Int(byte)] |= Self.unreserved | (isHex ? Self.hexDigit : 0)
    }
}
