internal import Bytes

/// Host and port of a request (RFC 3986 §3.2 without user information).
public struct Authority: Equatable, Sendable {
    /// Host and port as they were sent.
    public let range: ByteRange
    /// The host alone; an IP literal keeps its brackets.
    public let host: ByteRange
    /// Nil when none, or nothing behind the colon.
    public let port: UInt16?

    /// What an HTTP/1.0 request without `Host` has.
    public static let none = Authority(range: .empty, host: .empty, port: nil)

    private init(range: ByteRange, host: ByteRange, port: UInt16?) {
        self.range = range
        self.host = host
        self.port = port
    }

    /// Reads `host [":" port]`. Nil when it is none, or the host is empty, or the port is above
    /// 65535, or a percent-encoded byte would delimit or control something once decoded.
    init?(_ range: ByteRange, in bytes: UnsafeRawBufferPointer) {
        let text = range.slice(of: bytes)
        guard let first = text.first else { return nil }
        let hostEnd =
            first == UInt8(ascii: "[") ? Self.literalEnd(text) : Self.nameEnd(text)
        guard let hostEnd, hostEnd > 0 else { return nil }
        var port: UInt16?
        if hostEnd < text.count {
            guard text[hostEnd] == UInt8(ascii: ":") else { return nil }
            guard let value = Self.port(text, from: hostEnd + 1) else { return nil }
            port = text.count == hostEnd + 1 ? nil : value
        }
        self.init(
            range: range, host: ByteRange(offset: range.start, length: hostEnd), port: port)
    }

    /// Writes the host for comparison: lower case, without dots at its end. Nothing is decoded.
    /// Returns its length, or nil when `output` is too small.
    public func writeNormalizedHost(
        of bytes: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer
    ) -> Int? {
        let text = host.slice(of: bytes)
        var count = text.count
        while count > 0, text[count - 1] == UInt8(ascii: ".") { count -= 1 }
        guard count <= output.count else { return nil }
        for index in 0..<count { output[index] = ASCII.lowercased(text[index]) }
        return count
    }

    /// The end of a registered name or IPv4 address; nil when a byte cannot stand in one.
    private static func nameEnd(_ text: UnsafeRawBufferPointer) -> Int? {
        let classes = ByteClass.shared.table
        let allowed = ByteClass.unreserved | ByteClass.subDelimiter
        var index = 0
        while index < text.count, text[index] != UInt8(ascii: ":") {
            if text[index] == UInt8(ascii: "%") {
                guard let byte = PercentEncoding.decode(text, at: index),
                    !isDelimiter(byte)
                else { return nil }
                index += 3
            } else {
                guard classes[Int(text[index])] & allowed != 0 else { return nil }
                index += 1
            }
        }
        return index
    }

    /// The end of `[…]`: an IPv6 address or the versioned form that RFC 3986 leaves open.
    private static func literalEnd(_ text: UnsafeRawBufferPointer) -> Int? {
        guard let close = text.firstIndex(of: UInt8(ascii: "]")), close > 2 else { return nil }
        var colons = 0
        let isVersioned = text[1] | 0x20 == UInt8(ascii: "v")
        for index in (isVersioned ? 2 : 1)..<close {
            let byte = text[index]
            if byte == UInt8(ascii: ":") { colons += 1 }
            let mask =
                isVersioned ? ByteClass.unreserved | ByteClass.subDelimiter : ByteClass.hexDigit
            guard
                byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
                    || ByteClass.shared.has(byte, mask)
            else { return nil }
        }
        return isVersioned || colons >= 2 ? close + 1 : nil
    }

    /// The number up to the end of `text`, 0 for nothing; nil when it is none or above 65535.
    private static func port(_ text: UnsafeRawBufferPointer, from start: Int) -> UInt16? {
        var value: UInt32 = 0
        for index in start..<text.count {
            guard ASCII.isDigit(text[index]) else { return nil }
            value = value * 10 + UInt32(text[index] &- 0x30)
            guard value <= UInt32(UInt16.max) else { return nil }
        }
        return UInt16(truncatingIfNeeded: value)
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F: true
        case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "#"),
            UInt8(ascii: "@"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "%"):
            true
        default: false
        }
    }
}
