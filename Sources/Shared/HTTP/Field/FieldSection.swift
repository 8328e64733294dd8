internal import Bytes

extension FieldTable {
    /// Reads field lines from `start` up to and with the empty line (RFC 9112 §5), strictly: no
    /// folding, no bare CR or LF, no space before the colon, no control in a value.
    ///
    /// Returns where the section ends, behind the empty line, or nil when bytes are missing.
    mutating func parse(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) throws(HeadError) -> Int? {
        let classes = ByteClass.shared.table
        let names = FieldNameTable.shared
        var line = start
        while line < bytes.count {
            if bytes[line] <= ASCII.space {
                return try endOfSection(bytes, at: line, isFirst: line == start)
            }
            var colon = line
            var seen: UInt8 = 0
            while colon < bytes.count {
                let byteClass = classes[Int(bytes[colon])]
                guard byteClass & ByteClass.token != 0 else { break }
                seen |= byteClass
                colon &+= 1
            }
            guard colon < bytes.count else { return nil }
            guard bytes[colon] == UInt8(ascii: ":"), colon > line else {
                throw Self.nameError(bytes, line: line, stop: colon)
            }
            let end = bytes.endOfFieldValue(from: colon &+ 1)
            guard try Self.isLineEnd(bytes, at: end, else: .fieldValueMalformed) else { return nil }
            let value = Self.trimmed(bytes, from: colon &+ 1, to: end)
            let nameRange = ByteRange(from: line, to: colon)
            let field = Field(
                name: names.name(of: nameRange.slice(of: bytes)), nameRange: nameRange,
                valueRange: value, hasUnderscore: seen & ByteClass.underscore != 0,
                isCanonical: value.start == colon &+ 2 && value.end == end)
            guard append(field) else { throw HeadError(.tooManyFields, at: line) }
            line = end &+ 2
        }
        return nil
    }

    /// A line that starts with a control or a space: the empty line, or an error.
    private mutating func endOfSection(
        _ bytes: UnsafeRawBufferPointer, at line: Int, isFirst: Bool
    ) throws(HeadError) -> Int? {
        switch bytes[line] {
        case ASCII.space, ASCII.tab:
            throw HeadError(isFirst ? .fieldNameMalformed : .lineFolded, at: line)
        default:
            guard try Self.isLineEnd(bytes, at: line, else: .fieldNameMalformed) else {
                return nil
            }
            endOffset = line
            return line &+ 2
        }
    }

    /// Whether CRLF stands at `index`; false when its bytes have not all come.
    static func isLineEnd(
        _ bytes: UnsafeRawBufferPointer, at index: Int, else reason: HeadError.Reason
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

    private static func trimmed(
        _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
    ) -> ByteRange {
        var first = start
        var last = end
        while first < last, bytes[first] == ASCII.space || bytes[first] == ASCII.tab {
            first &+= 1
        }
        while last > first, bytes[last &- 1] == ASCII.space || bytes[last &- 1] == ASCII.tab {
            last &-= 1
        }
        return ByteRange(from: first, to: last)
    }

    private static func nameError(
        _ bytes: UnsafeRawBufferPointer, line: Int, stop: Int
    ) -> HeadError {
        switch bytes[stop] {
        case ASCII.lineFeed: HeadError(.bareLineFeed, at: stop)
        case ASCII.carriageReturn: HeadError(.colonMissing, at: stop)
        case ASCII.space, ASCII.tab: HeadError(.spaceBeforeColon, at: stop)
        default: HeadError(.fieldNameMalformed, at: stop)
        }
    }
}
