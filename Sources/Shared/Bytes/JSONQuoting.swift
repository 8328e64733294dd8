/// What of a text cannot stand in a JSON string as it is, and what stands for it: the one place
/// that knows, for every writer.
///
/// Escapes are those of Go's encoder with `SetEscapeHTML(false)`: the short ones, `\u00xx` for
/// other control bytes, U+2028 and U+2029 escaped, and `\ufffd` for each byte that is not UTF-8.
public enum JSONQuoting {
    /// Bytes that stand for themselves, and the escape after them.
    public struct Stretch {
        /// Where the bytes that stand for themselves end.
        public let plainEnd: Int
        /// Where the text goes on after what the escape stands for.
        public let next: Int
        /// The escape's bytes, the first one lowest.
        public let escape: UInt64
        /// How many bytes the escape has; 0 at the end of the text.
        public let escapeCount: Int
    }

    /// The stretch that starts at `start`. It ends after the first escape or with the text.
    public static func stretch(_ text: UnsafeRawBufferPointer, from start: Int) -> Stretch {
        var at = start
        while true {
            at = skipPlain(text, from: at)
            guard at < text.count else {
                return Stretch(plainEnd: at, next: at, escape: 0, escapeCount: 0)
            }
            guard text[at] >= 0x80 else { return escaped(text[at], at: at) }
            let length = UTF8Check.sequenceLength(text, at: at)
            if length == 0 { return unicode(0xFFFD, at: at, length: 1) }
            if length == 3, text[at] == 0xE2, text[at &+ 1] == 0x80, text[at &+ 2] & 0xFE == 0xA8 {
                return unicode(0x2028 | UInt16(text[at &+ 2] & 1), at: at, length: 3)
            }
            at &+= length
        }
    }

    /// The first index from `start` on whose byte is not ASCII that stands for itself.
    public static func skipPlain(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
        var at = start
        while at &+ 8 <= text.count {
            let special = specialBytes(word(text, at))
            guard special == 0 else { return at &+ special.trailingZeroBitCount / 8 }
            at &+= 8
        }
        guard at < text.count else { return at }
        guard text.count >= 8 else {
            while at < text.count, isPlain(text[at]) { at &+= 1 }
            return at
        }
        // The last few bytes, read together with those before them. The shift fills with zeros,
        // which are special: they are masked out.
        let last = text.count &- 8
        let seen = UInt64(truncatingIfNeeded: (at &- last) &* 8)
        let rest = ~(UInt64.max &<< UInt64(truncatingIfNeeded: (text.count &- at) &* 8))
        let special = specialBytes(word(text, last) &>> seen) & rest
        return special == 0 ? text.count : at &+ special.trailingZeroBitCount / 8
    }

    /// Copies the text up to its first byte that is not ASCII that stands for itself; how many
    /// bytes those are. Memory behind them, up to the text's length, may be written to.
    public static func copyPlain(
        _ text: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
    ) -> Int {
        guard text.count >= 8 else { return copyShort(text, to: place) }
        // The last word overlaps the one before it unless the length is a multiple of eight.
        let last = text.count &- 8
        var at = 0
        while true {
            let word = word(text, at)
            place.storeBytes(of: word.littleEndian, toByteOffset: at, as: UInt64.self)
            let special = specialBytes(word)
            guard special == 0 else { return at &+ special.trailingZeroBitCount / 8 }
            guard at < last else { return text.count }
            at = min(at &+ 8, last)
        }
    }

    /// The same for fewer than eight bytes, which are two halves that overlap.
    @inline(__always) private static func copyShort(
        _ text: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
    ) -> Int {
        let word: UInt64
        switch text.count {
        case 4...: word = copyEnds(UInt32.self, text, to: place)
        case 2...: word = copyEnds(UInt16.self, text, to: place)
        case 1: word = copyEnds(UInt8.self, text, to: place)
        default: return 0
        }
        // The bytes behind the text are zeros, which are special.
        let bits = UInt64(truncatingIfNeeded: text.count &* 8)
        let special = specialBytes(word) & ~(UInt64.max &<< bits)
        return special == 0 ? text.count : special.trailingZeroBitCount / 8
    }

    /// Copies a text of one or two halves of this size; its bytes as a word, the first one lowest.
    @inline(__always) private static func copyEnds<Half: FixedWidthInteger & BitwiseCopyable>(
        _: Half.Type, _ text: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
    ) -> UInt64 {
        let offset = text.count &- MemoryLayout<Half>.size
        let head = text.loadUnaligned(as: Half.self)
        let tail = text.loadUnaligned(fromByteOffset: offset, as: Half.self)
        place.storeBytes(of: head, as: Half.self)
        place.storeBytes(of: tail, toByteOffset: offset, as: Half.self)
        return UInt64(truncatingIfNeeded: head.littleEndian)
            | UInt64(truncatingIfNeeded: tail.littleEndian)
                &<< UInt64(truncatingIfNeeded: offset &* 8)
    }

    private static func word(_ text: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
        text.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
    }

    // The high bit of the first byte that is a control, a quote, a backslash or not ASCII; a borrow
    // may set bits above it, so only the lowest counts.
    private static func specialBytes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let marks = (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | word
        return marks & (ones &* 0x80)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func escaped(_ byte: UInt8, at: Int) -> Stretch {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): short(byte, at: at)
        case 0x08: short(UInt8(ascii: "b"), at: at)
        case 0x09: short(UInt8(ascii: "t"), at: at)
        case 0x0A: short(UInt8(ascii: "n"), at: at)
        case 0x0C: short(UInt8(ascii: "f"), at: at)
        case 0x0D: short(UInt8(ascii: "r"), at: at)
        default: unicode(UInt16(byte), at: at, length: 1)
        }
    }

    private static func short(_ letter: UInt8, at: Int) -> Stretch {
        let escape = UInt64(UInt8(ascii: "\\")) | UInt64(letter) &<< 8
        return Stretch(plainEnd: at, next: at &+ 1, escape: escape, escapeCount: 2)
    }

    private static func unicode(_ unit: UInt16, at: Int, length: Int) -> Stretch {
        let digits = LineBuilder.hexDigits(UInt32(unit)) &>> 32
        let escape = UInt64(UInt8(ascii: "\\")) | UInt64(UInt8(ascii: "u")) &<< 8 | digits &<< 16
        return Stretch(plainEnd: at, next: at &+ length, escape: escape, escapeCount: 6)
    }
}
