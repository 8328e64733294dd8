public import Bytes
internal import Glibc

/// One access record in the making, written straight into its worker's ring.
///
/// Whatever is put in, the line stays one JSON object: text is escaped, cut at its field's limit,
/// and a member that no longer fits is left out and noted as `"truncated":true`. A line that is
/// dropped without `commit` was never there.
public struct AccessLine: ~Copyable {
    // Room for `,"truncated":true}` and the line feed is kept back from the builder.
    static let endBytesMax = 20

    /// Where the line starts in its ring.
    let base: UnsafeMutablePointer<UInt8>

    private var line: LineBuilder
    private let queryRule: QueryRule
    private var isTruncated = false

    init(base: UnsafeMutablePointer<UInt8>, bytesMax: Int, queryRule: QueryRule) {
        self.base = base
        line = LineBuilder(base: base, capacity: bytesMax - AccessLine.endBytesMax)
        self.queryRule = queryRule
    }

    /// Text from outside: any bytes.
    public mutating func text(_ field: AccessField, _ value: Span<UInt8>) {
        value.withUnsafeBufferPointer { text(field, $0) }
    }

    /// Text of ours that needs no escaping.
    public mutating func text(_ field: AccessField, _ value: StaticString) {
        plain(field, UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    /// Text of ours that needs no escaping.
    public mutating func plain(_ field: AccessField, _ value: UnsafeBufferPointer<UInt8>) {
        guard let place = claim(field, textBytes: value.count) else { return }
        guard let source = value.baseAddress else { return }
        LineBuilder.copy(source, to: place, count: value.count)
    }

    /// Text that `write` appends and that needs no escaping.
    public mutating func text(_ field: AccessField, _ write: (inout LineBuilder) -> Void) {
        let mark = begin(field)
        line.append("\"")
        write(&line)
        line.append("\"")
        end(mark)
    }

    /// A member without a value.
    public mutating func absent(_ field: AccessField) {
        let mark = begin(field)
        line.append("null")
        end(mark)
    }

    public mutating func number(_ field: AccessField, _ value: UInt64) {
        let mark = begin(field)
        line.append(decimal: value)
        end(mark)
    }

    /// A duration in milliseconds with three decimals.
    public mutating func duration(_ field: AccessField, nanoseconds: UInt64) {
        let mark = begin(field)
        line.append(thousandths: nanoseconds / 1000)
        end(mark)
    }

    public mutating func requestID(_ id: RequestID, as field: AccessField = .requestID) {
        text(field) { id.append(to: &$0) }
    }

    /// The request target: its path, and of its query what the log's rule lets through.
    public mutating func path(_ target: Span<UInt8>) {
        target.withUnsafeBufferPointer { bytes in
            let length = AccessLine.pathLength(bytes)
            switch queryRule {
            case .drop: text(.path, UnsafeBufferPointer(rebasing: bytes[..<length]))
            case .redact(let parameters):
                let mark = begin(.path)
                let kept = AccessLine.cut(bytes, to: AccessField.path.textBytesMax)
                parameters.append(jsonString: kept, queryStart: length, to: &line)
                end(mark)
            }
        }
    }

    /// The timestamp: the first member, written by the ring.
    mutating func open(_ cache: inout TimestampCache, wallNanoseconds: Int64) {
        line.append("{\"timestamp\":\"")
        cache.append(wallNanoseconds: wallNanoseconds, to: &line)
        line.append("\"")
    }

    /// Ends the object and the line; the number of bytes it takes.
    consuming func close() -> Int {
        let count = line.count
        var tail = LineBuilder(base: base + count, capacity: AccessLine.endBytesMax)
        if isTruncated { tail.append(",\"truncated\":true") }
        tail.append("}\n")
        return count + tail.count
    }

    /// Nearly always nothing needs an escape: then it is one copy.
    private mutating func text(_ field: AccessField, _ value: UnsafeBufferPointer<UInt8>) {
        let bytes = AccessLine.cut(value, to: field.textBytesMax)
        let mark = line.count
        guard let place = claim(field, textBytes: bytes.count) else { return }
        let plain = JSONQuoting.copyPlain(UnsafeRawBufferPointer(bytes), to: place)
        guard plain < bytes.count else { return }
        line.rewind(to: mark)
        _ = begin(field)
        line.append(jsonString: bytes)
        end(mark)
    }

    /// Claims a whole member with a text of so many bytes between quotes, which are the caller's to
    /// fill in; nil, and noted, when it does not fit.
    private mutating func claim(
        _ field: AccessField, textBytes: Int
    ) -> UnsafeMutablePointer<UInt8>? {
        let mark = line.count
        let name = field.member.utf8CodeUnitCount
        guard let place = line.claim(name &+ textBytes &+ 2) else {
            end(mark)
            return nil
        }
        LineBuilder.copy(field.member.utf8Start, to: place, count: name)
        place[name] = UInt8(ascii: "\"")
        place[name &+ textBytes &+ 1] = UInt8(ascii: "\"")
        return place + name + 1
    }

    private mutating func begin(_ field: AccessField) -> Int {
        let mark = line.count
        let name = field.member
        if let place = line.claim(name.utf8CodeUnitCount) {
            LineBuilder.copy(name.utf8Start, to: place, count: name.utf8CodeUnitCount)
        }
        return mark
    }

    private mutating func end(_ mark: Int) {
        guard line.isOverflowed else { return }
        line.rewind(to: mark)
        isTruncated = true
    }

    private static func pathLength(_ target: UnsafeBufferPointer<UInt8>) -> Int {
        guard let start = target.baseAddress,
            let mark = memchr(start, CInt(UInt8(ascii: "?")), target.count)
        else { return target.count }
        return UnsafeRawPointer(mark) - UnsafeRawPointer(start)
    }

    // A cut through a UTF-8 sequence would show as a replacement character: step back before it.
    private static func cut(
        _ bytes: UnsafeBufferPointer<UInt8>, to countMax: Int
    ) -> UnsafeBufferPointer<UInt8> {
        guard bytes.count > countMax else { return bytes }
        var end = countMax
        while end > countMax - 3, end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return UnsafeBufferPointer(rebasing: bytes[..<end])
    }
}
