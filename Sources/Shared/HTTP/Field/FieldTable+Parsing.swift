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
            guard let name = try name(bytes, line, classes, names),
                let parsed = try FieldLine.parse(bytes, at: line, behind: name)
            else { return nil }
            guard append(parsed.field) else { throw HeadError(.tooManyFields, at: line) }
            line = parsed.next
        }
        return nil
    }

    @inline(__always)
    private func name(
        _ bytes: Input, _ line: Int, _ classes: UnsafeMutablePointer<UInt8>, _ names: FieldNameTable
    ) throws(HeadError) -> LineName? {
        if let expected = expected.name(at: count, bytes, line: line) { return expected }
        guard let name = try FieldLine.name(bytes, at: line, names, classes) else { return nil }
        expected.note(name, at: count, bytes, line: line)
        return name
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
