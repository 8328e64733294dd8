internal import Bytes

extension FieldTable {
    /// Reads field lines from `start` up to and with the empty line (RFC 9112 §5).
    ///
    /// Returns where the section ends, behind the empty line, or nil when bytes are missing.
    mutating func parse(_ bytes: Input, from start: Int) throws(HeadError) -> Int? {
        let classes = classes
        let names = names
        var line = start
        while line < bytes.count {
            if bytes[line] <= ASCII.space {
                let end = try FieldLine.endOfSection(bytes, at: line, isFirst: line == start)
                endOffset = line
                return end
            }
            guard
                let parsed = try FieldLine.parse(bytes, at: line, names: names, classes: classes)
            else { return nil }
            guard append(parsed.field) else { throw HeadError(.tooManyFields, at: line) }
            line = parsed.next
        }
        return nil
    }

    /// Reads a trailer section that `BodyDecoder` has found whole and well formed.
    public mutating func parseTrailers(
        _ bytes: UnsafeRawBufferPointer, in section: ByteRange
    ) throws(HeadError) {
        removeAll()
        let visible = UnsafeRawBufferPointer(
            start: bytes.baseAddress, count: min(bytes.count, section.end))
        guard let input = Input(visible), try parse(input, from: section.start) != nil else {
            throw HeadError(.fieldNameMalformed, at: section.end)
        }
    }
}
