internal import Bytes
internal import Rego

/// Text in percent-encoding, as queries and forms have it, read into an arena.
enum FormText {
    /// The text with `%XX` decoded, and `+` as a space if that is meant. What is no triplet stays as
    /// it is, and what is not UTF-8 then becomes `!`.
    static func decoded(
        _ bytes: UnsafeRawBufferPointer, plusIsSpace: Bool, _ arena: Arena
    ) -> Value {
        var needsWork = false
        for byte in bytes
        where byte == UInt8(ascii: "%") || byte >= 0x80
            || plusIsSpace && byte == UInt8(ascii: "+")
        {
            needsWork = true
            break
        }
        guard needsWork else { return arena.string(borrowing: bytes) }
        var raw = StringBuilder(arena, capacity: bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), let decoded = triplet(bytes, at: index) {
                raw.append(decoded)
                index &+= 3
            } else {
                raw.append(plusIsSpace && byte == UInt8(ascii: "+") ? ASCII.space : byte)
                index &+= 1
            }
        }
        return valid(raw.finish().stringBytes, arena)
    }

    /// `a=1&a=2` as `{"a": ["1", "2"]}`. Nil for what Go's `url.ParseQuery` refuses: a `;`, or `%`
    /// without two digits.
    static func parsed(_ query: UnsafeRawBufferPointer, _ arena: Arena) -> Value? {
        guard isWellFormed(query) else { return nil }
        var object = ObjectBuilder(arena)
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let bytes = UnsafeRawBufferPointer(rebasing: pair)
            let end = bytes.firstIndex(of: UInt8(ascii: "=")) ?? bytes.count
            let name = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            let value = UnsafeRawBufferPointer(rebasing: bytes[min(end &+ 1, bytes.count)...])
            object.set(
                decoded(name, plusIsSpace: true, arena), decoded(value, plusIsSpace: true, arena))
        }
        return object.finishGrouped()
    }

    private static func isWellFormed(_ query: UnsafeRawBufferPointer) -> Bool {
        for index in query.indices {
            if query[index] == UInt8(ascii: ";") { return false }
            if query[index] == UInt8(ascii: "%"), triplet(query, at: index) == nil { return false }
        }
        return true
    }

    private static func triplet(_ bytes: UnsafeRawBufferPointer, at index: Int) -> UInt8? {
        guard index &+ 2 < bytes.count, let high = Hex.value(of: bytes[index &+ 1]),
            let low = Hex.value(of: bytes[index &+ 2])
        else { return nil }
        return high &<< 4 | low
    }

    /// The text, with each byte that is no UTF-8 replaced by `!`, as Envoy does it.
    static func valid(_ bytes: UnsafeRawBufferPointer, _ arena: Arena) -> Value {
        var isValid = true
        var index = 0
        while index < bytes.count, isValid {
            let length = bytes[index] < 0x80 ? 1 : UTF8Check.sequenceLength(bytes, at: index)
            isValid = length > 0
            index &+= length
        }
        if isValid { return arena.string(borrowing: bytes) }
        var text = StringBuilder(arena, capacity: bytes.count)
        index = 0
        while index < bytes.count {
            let length = UTF8Check.sequenceLength(bytes, at: index)
            if length > 0 {
                text.append(UnsafeRawBufferPointer(rebasing: bytes[index..<(index &+ length)]))
            } else {
                text.append(UInt8(ascii: "!"))
            }
            index &+= max(1, length)
        }
        return text.finish()
    }
}
