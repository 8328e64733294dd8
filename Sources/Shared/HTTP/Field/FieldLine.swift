internal import Bytes

/// One `name: value` line, and where the next line starts.
struct FieldLine {
    let field: Field
    let next: Int

    /// Reads the line at `line`, strictly: no space before the colon, no bare CR or LF, no control
    /// in the value (RFC 9112 §5.1, RFC 9110 §5.5). Nil when bytes are missing.
    static func parse(
        _ bytes: Input, at line: Int, names: FieldNameTable, classes: UnsafeMutablePointer<UInt8>
    ) throws(HeadError) -> FieldLine? {
        guard let name = try name(bytes, at: line, names, classes) else { return nil }
        return try parse(bytes, at: line, behind: name)
    }

    /// Reads the rest of a line whose name is read.
    @inline(__always)
    static func parse(
        _ bytes: Input, at line: Int, behind name: LineName
    ) throws(HeadError) -> FieldLine? {
        let start = name.colon &+ 1
        let end = endOfValue(bytes, from: start)
        guard try isLineEnd(bytes, at: end, else: .fieldValueMalformed) else { return nil }
        let value = trimmed(bytes, from: start, to: end)
        let field = Field(
            name: name.name, nameRange: ByteRange(from: line, to: name.colon), valueRange: value,
            hasUnderscore: name.hasUnderscore,
            isCanonical: value.start == start &+ 1 && value.end == end)
        return FieldLine(field: field, next: end &+ 2)
    }

    /// The name of the line at `line`; nil when bytes are missing.
    static func name(
        _ bytes: Input, at line: Int, _ names: FieldNameTable, _ classes: UnsafeMutablePointer<UInt8>
    ) throws(HeadError) -> LineName? {
        var colon = Scan.letters(in: bytes, from: line)
        var seen: UInt8 = 0
        while colon < bytes.count {
            let byteClass = classes[Int(bytes[colon])]
            guard byteClass & ByteClass.token != 0 else { break }
            seen |= byteClass
            colon &+= 1
        }
        guard colon < bytes.count else { return nil }
        guard bytes[colon] == UInt8(ascii: ":"), colon > line else {
            throw nameError(bytes[colon], at: colon)
        }
        return LineName(
            colon: colon, name: names.name(of: bytes.slice(ByteRange(from: line, to: colon))),
            hasUnderscore: seen & ByteClass.underscore != 0)
    }

    /// The offset behind the empty line at `line`, where a byte below `!` stands; nil when bytes
    /// are missing. White space there is a folded line, or one before the first (RFC 9112 §2.2).
    static func endOfSection(
        _ bytes: Input, at line: Int, isFirst: Bool
    ) throws(HeadError) -> Int? {
        if bytes[line] == ASCII.space || bytes[line] == ASCII.tab {
            throw HeadError(isFirst ? .fieldNameMalformed : .lineFolded, at: line)
        }
        guard try isLineEnd(bytes, at: line, else: .fieldNameMalformed) else { return nil }
        return line &+ 2
    }

    /// Whether CRLF stands at `index`; false when its bytes have not all come.
    @inline(__always)
    static func isLineEnd(
        _ bytes: Input, at index: Int, else reason: HeadError.Reason
    ) throws(HeadError) -> Bool {
        guard index < bytes.count else { return false }
        guard bytes[index] == ASCII.carriageReturn else {
            throw HeadError(bytes[index] == ASCII.lineFeed ? .bareLineFeed : reason, at: index)
        }
        guard index &+ 1 < bytes.count else { return false }
        guard bytes[index &+ 1] == ASCII.lineFeed else {
            throw HeadError(.bareCarriageReturn, at: index)
        }
        return true
    }

    /// The first byte at or after `start` that a field value must not hold, or that ends it: a
    /// control other than HTAB, or DEL. `count` when there is none.
    @inline(__always)
    static func endOfValue(_ bytes: Input, from start: Int) -> Int {
        var index = start
        while true {
            index = Scan.control(in: bytes, from: index)
            guard index < bytes.count, bytes[index] == ASCII.tab else { return index }
            index &+= 1
        }
    }

    /// The value without the blanks around it.
    @inline(__always)
    static func trimmed(
        _ bytes: Input, from start: Int, to end: Int
    ) -> ByteRange {
        var first = start
        var last = end
        // One space before it and none behind is how nearly all are written.
        if first &+ 1 < last, bytes[first] == ASCII.space, bytes[first &+ 1] > ASCII.space,
            bytes[last &- 1] > ASCII.space
        {
            return ByteRange(from: first &+ 1, to: last)
        }
        while first < last, bytes[first] == ASCII.space || bytes[first] == ASCII.tab {
            first &+= 1
        }
        while last > first, bytes[last &- 1] == ASCII.space || bytes[last &- 1] == ASCII.tab {
            last &-= 1
        }
        return ByteRange(from: first, to: last)
    }

    @inline(never)
    private static func nameError(_ byte: UInt8, at stop: Int) -> HeadError {
        switch byte {
        case ASCII.lineFeed: HeadError(.bareLineFeed, at: stop)
        case ASCII.carriageReturn: HeadError(.colonMissing, at: stop)
        case ASCII.space, ASCII.tab: HeadError(.spaceBeforeColon, at: stop)
        default: HeadError(.fieldNameMalformed, at: stop)
        }
    }
}
