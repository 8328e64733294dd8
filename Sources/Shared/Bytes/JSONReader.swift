/// Why a text is no JSON document.
public enum JSONError: Error, Equatable, Sendable {
    /// The text ends inside a value. `at` is an offset in bytes, here and below.
    case incomplete(at: Int)
    /// A byte that cannot stand here (RFC 8259 §2).
    case unexpected(at: Int)
    /// A string with a byte below 0x20, or with bytes that are not UTF-8.
    case badString(at: Int)
    /// A number that RFC 8259 §6 does not know.
    case badNumber(at: Int)
    /// Arrays and objects nested deeper than the reader allows.
    case tooDeep(limit: Int)
    /// Something after the document.
    case trailingBytes(at: Int)
}

/// What `JSONReader.next()` found.
public enum JSONToken: UInt8, Sendable {
    case null, `true`, `false`
    /// `text` is the number as it is spelt.
    case number
    /// `text` is what stands between the quotes, escapes untouched.
    case string
    /// A member's name; `text` as for `string`.
    case key
    case beginArray, endArray, beginObject, endObject
    /// The document was complete and nothing follows it.
    case end
}

/// A pull scanner for JSON (RFC 8259, strictly): copies nothing, allocates nothing.
///
/// Depth is bounded, input is linear to read. Duplicate names are reported as they come; callers
/// let the last one win, as Go's encoding/json does.
public struct JSONReader {
    /// The deepest nesting that any reader allows.
    public static let depthMax = 1024

    private let bytes: UnsafeRawBufferPointer
    private let depthLimit: Int
    private var at = 0
    private var depth = 0
    /// One bit a level: whether it is an object.
    private var levels = InlineArray<16, UInt64>(repeating: 0)
    private var expectation = Expectation.value

    /// The text of the last number, string or key.
    public private(set) var text: UnsafeRawBufferPointer
    /// Whether the last string or key has a backslash in it.
    public private(set) var hasEscapes = false

    private enum Expectation {
        case value, valueOrEnd, keyOrEnd, commaOrEnd, documentEnd
    }

    /// - Parameter bytes: must stay valid while the reader is in use.
    public init(_ bytes: UnsafeRawBufferPointer, depthLimit: Int = 512) {
        self.bytes = bytes
        self.depthLimit = min(depthLimit, Self.depthMax)
        text = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// How many bytes have been read.
    public var offset: Int { at }

    /// The next token. After `end` it stays at the end.
    public mutating func next() throws(JSONError) -> JSONToken {
        skipWhitespace()
        switch expectation {
        case .value:
            return try value()
        case .valueOrEnd:
            return peek == UInt8(ascii: "]") ? close(.endArray) : try value()
        case .keyOrEnd:
            return peek == UInt8(ascii: "}") ? close(.endObject) : try key()
        case .commaOrEnd:
            return try afterValue()
        case .documentEnd:
            guard at == bytes.count else { throw .trailingBytes(at: at) }
            return .end
        }
    }

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    private var inObject: Bool { levels[depth >> 6] & 1 << UInt64(depth & 63) != 0 }

    private mutating func skipWhitespace() {
        while at < bytes.count {
            let byte = bytes[at]
            if byte > 0x20 { return }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at &+= 1
        }
    }

    private mutating func value() throws(JSONError) -> JSONToken {
        guard at < bytes.count else { throw .incomplete(at: at) }
        switch bytes[at] {
        case UInt8(ascii: "\""):
            try string()
            valueEnded()
            return .string
        case UInt8(ascii: "{"): return try open(object: true)
        case UInt8(ascii: "["): return try open(object: false)
        case UInt8(ascii: "t"): return try literal("true", .true)
        case UInt8(ascii: "f"): return try literal("false", .false)
        case UInt8(ascii: "n"): return try literal("null", .null)
        default:
            try number()
            valueEnded()
            return .number
        }
    }

    private mutating func valueEnded() {
        expectation = depth == 0 ? .documentEnd : .commaOrEnd
    }

    private mutating func open(object: Bool) throws(JSONError) -> JSONToken {
        guard depth < depthLimit - 1 else { throw .tooDeep(limit: depthLimit) }
        at += 1
        depth += 1
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if object { levels[depth >> 6] |= bit } else { levels[depth >> 6] &= ~bit }
        expectation = object ? .keyOrEnd : .valueOrEnd
        return object ? .beginObject : .beginArray
    }

    private mutating func close(_ token: JSONToken) -> JSONToken {
        at += 1
        depth -= 1
        valueEnded()
        return token
    }

    private mutating func afterValue() throws(JSONError) -> JSONToken {
        guard at < bytes.count else { throw .incomplete(at: at) }
        let object = inObject
        if bytes[at] == UInt8(ascii: ",") {
            at += 1
            skipWhitespace()
            return object ? try key() : try value()
        }
        let end = object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        guard bytes[at] == end else { throw .unexpected(at: at) }
        return close(object ? .endObject : .endArray)
    }

    private mutating func key() throws(JSONError) -> JSONToken {
        guard at < bytes.count else { throw .incomplete(at: at) }
        guard bytes[at] == UInt8(ascii: "\"") else { throw .unexpected(at: at) }
        try string()
        skipWhitespace()
        guard at < bytes.count else { throw .incomplete(at: at) }
        guard bytes[at] == UInt8(ascii: ":") else { throw .unexpected(at: at) }
        at += 1
        expectation = .value
        return .key
    }

    private mutating func literal(
        _ word: StaticString, _ token: JSONToken
    ) throws(JSONError) -> JSONToken {
        for index in 0..<word.utf8CodeUnitCount {
            guard at + index < bytes.count else { throw .incomplete(at: bytes.count) }
            guard bytes[at + index] == word.utf8Start[index] else {
                throw .unexpected(at: at + index)
            }
        }
        at += word.utf8CodeUnitCount
        valueEnded()
        return token
    }

    private mutating func number() throws(JSONError) {
        let start = at
        if peek == UInt8(ascii: "-") { at += 1 }
        let first = at
        guard skipDigits() > 0 else {
            if at == bytes.count { throw .incomplete(at: at) }
            throw first == start ? .unexpected(at: at) : .badNumber(at: at)
        }
        guard bytes[first] != UInt8(ascii: "0") || at == first + 1 else {
            throw .badNumber(at: first)
        }
        if peek == UInt8(ascii: ".") {
            at += 1
            guard skipDigits() > 0 else { throw .badNumber(at: at) }
        }
        if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
            at += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { at += 1 }
            guard skipDigits() > 0 else { throw .badNumber(at: at) }
        }
        text = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
    }

    private mutating func skipDigits() -> Int {
        let start = at
        while at < bytes.count, ASCII.isDigit(bytes[at]) { at &+= 1 }
        return at - start
    }

    /// Reads a string whose opening quote is at `at`.
    private mutating func string() throws(JSONError) {
        let start = at + 1
        at = start
        hasEscapes = false
        while true {
            at = Self.endOfPlainBytes(bytes, from: at)
            guard at < bytes.count else { throw .incomplete(at: at) }
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try checkEscape()
            } else {
                let length = UTF8Check.sequenceLength(bytes, at: at)
                guard byte >= 0x80, length > 0 else { throw .badString(at: at) }
                at += length
            }
        }
        text = UnsafeRawBufferPointer(rebasing: bytes[start..<at])
        at += 1
    }

    private mutating func checkEscape() throws(JSONError) {
        guard at + 1 < bytes.count else { throw .incomplete(at: bytes.count) }
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            guard at + 6 <= bytes.count else { throw .incomplete(at: bytes.count) }
            guard JSONEscapes.codeUnit(bytes, at: at + 2) != nil else {
                throw .badString(at: at)
            }
            at += 6
        default: throw .badString(at: at)
        }
    }

    /// The first byte from `start` on that needs a closer look: a quote, a backslash, a control
    /// byte or a byte above 0x7F. Eight at a time in an ordinary register, which is twenty times
    /// as fast as `SIMD16` is here.
    private static func endOfPlainBytes(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return start }
        var at = start
        while at &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: (base + at).loadUnaligned(as: UInt64.self))
            let quote = word ^ 0x2222_2222_2222_2222
            let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
            // A byte's high bit is set for a zero byte; false ones come after a true one only.
            let ones: UInt64 = 0x0101_0101_0101_0101
            let special =
                ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                | ((word &- 0x2020_2020_2020_2020) & ~word) | word
            let marks = special & 0x8080_8080_8080_8080
            if marks != 0 { return at &+ marks.trailingZeroBitCount / 8 }
            at &+= 8
        }
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return at }
            if byte < 0x20 || byte >= 0x80 { return at }
            at &+= 1
        }
        return at
    }
}
