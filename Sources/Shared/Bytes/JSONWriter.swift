/// Appends JSON to a byte buffer. It places commas; callers pair begin and end.
///
/// Strings are escaped as Go's encoder does with `SetEscapeHTML(false)`: the short escapes,
/// `\u00xx` for other control bytes, U+2028 and U+2029 escaped, ill-formed UTF-8 as `\ufffd`.
public struct JSONWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init() {}

    public init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Forgets what was written and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member's name. The value follows.
    public mutating func key(_ name: UnsafeRawBufferPointer) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func key(_ name: StaticString) {
        key(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    public mutating func null() { raw("null") }

    public mutating func boolean(_ value: Bool) { value ? raw("true") : raw("false") }

    public mutating func integer(_ value: Int64) {
        separate()
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = 20
        var magnitude = value.magnitude
        repeat {
            first -= 1
            digits[first] = UInt8(truncatingIfNeeded: 48 + magnitude % 10)
            magnitude /= 10
        } while magnitude > 0
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        for index in first..<20 { bytes.append(digits[index]) }
    }

    /// A value that is JSON already, such as a number's spelling.
    public mutating func raw(_ text: UnsafeRawBufferPointer) {
        separate()
        bytes.append(contentsOf: text)
    }

    public mutating func raw(_ text: StaticString) {
        raw(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
    }

    public mutating func string(_ text: StaticString) {
        string(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func string(_ text: UnsafeRawBufferPointer) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A byte as it is, outside the grammar: a newline between documents.
    public mutating func separator(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func appendEscaped(_ text: UnsafeRawBufferPointer) {
        var start = 0
        var at = 0
        while at < text.count {
            let byte = text[at]
            if Self.isPlain(byte) {
                at &+= 1
                continue
            }
            let length = byte < 0x80 ? 1 : UTF8Check.sequenceLength(text, at: at)
            if byte >= 0x80, length > 0, !Self.isLineSeparator(text, at: at, length) {
                at &+= length
                continue
            }
            bytes.append(contentsOf: text[start..<at])
            appendEscape(text, at: at, length)
            at &+= max(length, 1)
            start = at
        }
        bytes.append(contentsOf: text[start..<at])
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func isLineSeparator(
        _ text: UnsafeRawBufferPointer, at: Int, _ length: Int
    ) -> Bool {
        length == 3 && text[at] == 0xE2 && text[at + 1] == 0x80 && text[at + 2] & 0xFE == 0xA8
    }

    private mutating func appendEscape(
        _ text: UnsafeRawBufferPointer, at: Int, _ length: Int
    ) {
        let byte = text[at]
        if length == 0 { return append("\\ufffd") }
        if length == 3 { return append(text[at + 2] == 0xA8 ? "\\u2028" : "\\u2029") }
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        default:
            append("\\u00")
            bytes.append(Self.hexDigit(byte >> 4))
            bytes.append(Self.hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 48 + nibble : 87 + nibble
    }

    private mutating func append(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
