/// Base64 (RFC 4648) with the alphabets and leniencies of Go's encoding/base64: CR and LF inside
/// the text are skipped, unused trailing bits are ignored.
public struct Base64: Sendable {
    /// Where decoding stopped: the offset of the first byte that cannot stand there.
    public struct Corrupt: Error, Equatable {
        public let offset: Int

        public init(offset: Int) { self.offset = offset }
    }

    public static let standard = Base64(isURLSafe: false, isPadded: true)
    public static let rawStandard = Base64(isURLSafe: false, isPadded: false)
    public static let url = Base64(isURLSafe: true, isPadded: true)
    public static let rawURL = Base64(isURLSafe: true, isPadded: false)

    private let isURLSafe: Bool
    private let isPadded: Bool

    private static let pad = UInt8(ascii: "=")

    private init(isURLSafe: Bool, isPadded: Bool) {
        self.isURLSafe = isURLSafe
        self.isPadded = isPadded
    }

    /// The text of `bytes`.
    public func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count &+ 2) / 3 &* 4)
        var index = 0
        while bytes.count &- index >= 3 {
            let group =
                UInt32(bytes[index]) << 16 | UInt32(bytes[index &+ 1]) << 8
                | UInt32(bytes[index &+ 2])
            appendGroup(group, characters: 4, to: &out)
            index &+= 3
        }
        let rest = bytes.count &- index
        guard rest > 0 else { return out }
        var group = UInt32(bytes[index]) << 16
        if rest == 2 { group |= UInt32(bytes[index &+ 1]) << 8 }
        appendGroup(group, characters: rest &+ 1, to: &out)
        if isPadded { out.append(contentsOf: repeatElement(Self.pad, count: 3 &- rest)) }
        return out
    }

    /// The bytes that `text` stands for.
    public func decode(_ text: Span<UInt8>) throws(Corrupt) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 4 &* 3 &+ 3)
        var index = 0
        while index < text.count {
            index = try decodeQuantum(text, at: index, into: &out)
        }
        return out
    }

    /// Decodes strictly into memory of the caller's: no line ends, padding exactly as the form has
    /// it, and no bits that nothing stands for (RFC 4648 §3.5). Returns how many bytes there are;
    /// nil when `text` is no such text, or they do not fit.
    public func decode(
        _ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var rest = text.count
        if isPadded {
            guard rest % 4 == 0 else { return nil }
            for _ in 0..<2 where rest > 0 && text[rest - 1] == Self.pad { rest -= 1 }
        }
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        var count = 0
        for index in 0..<rest {
            guard let value = value(of: text[index]) else { return nil }
            bits = bits << 6 | UInt32(value)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            guard count < bytes.count else { return nil }
            bytes[count] = UInt8(truncatingIfNeeded: bits >> bitCount)
            count += 1
        }
        guard bitCount < 6, bits & (1 << bitCount - 1) == 0 else { return nil }
        return count
    }

    /// Decodes up to four characters and returns the offset after them.
    private func decodeQuantum(
        _ text: Span<UInt8>, at start: Int, into out: inout [UInt8]
    ) throws(Corrupt) -> Int {
        var index = start
        var group: UInt32 = 0
        var count = 0
        while count < 4 {
            guard index < text.count else {
                if count == 0 { return index }
                if count == 1 || isPadded { throw Corrupt(offset: index &- count) }
                break
            }
            let byte = text[index]
            index &+= 1
            if let bits = value(of: byte) {
                group = group << 6 | UInt32(bits)
                count &+= 1
            } else if byte == ASCII.lineFeed || byte == ASCII.carriageReturn {
                continue
            } else {
                guard byte == Self.pad, isPadded, count >= 2 else {
                    throw Corrupt(offset: index &- 1)
                }
                index = try finishPadding(text, after: index, count: count)
                break
            }
        }
        append(group << UInt32(6 &* (4 &- count)), characters: count, to: &out)
        return index
    }

    private func finishPadding(
        _ text: Span<UInt8>, after start: Int, count: Int
    ) throws(Corrupt) -> Int {
        var index = start
        if count == 2 {
            index = skipNewlines(text, from: index)
            guard index < text.count else { throw Corrupt(offset: text.count) }
            guard text[index] == Self.pad else { throw Corrupt(offset: index) }
            index &+= 1
        }
        index = skipNewlines(text, from: index)
        guard index == text.count else { throw Corrupt(offset: index) }
        return index
    }

    private func skipNewlines(_ text: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < text.count,
            text[index] == ASCII.lineFeed || text[index] == ASCII.carriageReturn
        {
            index &+= 1
        }
        return index
    }

    private func append(_ group: UInt32, characters: Int, to out: inout [UInt8]) {
        if characters >= 2 { out.append(UInt8(truncatingIfNeeded: group >> 16)) }
        if characters >= 3 { out.append(UInt8(truncatingIfNeeded: group >> 8)) }
        if characters >= 4 { out.append(UInt8(truncatingIfNeeded: group)) }
    }

    private func appendGroup(_ group: UInt32, characters: Int, to out: inout [UInt8]) {
        var shift: UInt32 = 18
        for _ in 0..<characters {
            out.append(character(for: UInt8(truncatingIfNeeded: group >> shift) & 63))
            shift &-= 6
        }
    }

    private func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte &- 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte &- 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &+ 4
        case UInt8(ascii: "+"): isURLSafe ? nil : 62
        case UInt8(ascii: "/"): isURLSafe ? nil : 63
        case UInt8(ascii: "-"): isURLSafe ? 62 : nil
        case UInt8(ascii: "_"): isURLSafe ? 63 : nil
        default: nil
        }
    }

    private func character(for value: UInt8) -> UInt8 {
        Self.character(for: value, isURLSafe: isURLSafe)
    }

    /// The character of six bits.
    public static func character(for value: UInt8, isURLSafe: Bool) -> UInt8 {
        switch value {
        case 0..<26: value &+ 65
        case 26..<52: value &+ 71
        case 52..<62: value &- 4
        case 62: isURLSafe ? UInt8(ascii: "-") : UInt8(ascii: "+")
        default: isURLSafe ? UInt8(ascii: "_") : UInt8(ascii: "/")
        }
    }
}
