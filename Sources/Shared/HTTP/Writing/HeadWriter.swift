internal import Bytes

/// Writes one head, and a small body if there is one, into memory that the caller owns.
///
/// Start with `requestLine` or `statusLine`, add fields, finish with `endHead`. Values from
/// outside are checked here and nowhere else: one that could end its line makes the whole head
/// `refused`, so that no credential, policy or configuration can split a message.
public struct HeadWriter {
    public enum Result: Equatable, Sendable {
        /// That many bytes are ready.
        case written(Int)
        /// Write again into memory that is larger by so much.
        case needs(more: Int)
        /// A name or value holds what none may hold (RFC 9110 §5.5).
        case refused
    }

    var writer: ByteWriter
    private var isRefused = false

    public init(_ output: UnsafeMutableRawBufferPointer) { writer = ByteWriter(output) }

    public var result: Result {
        if isRefused { return .refused }
        return writer.shortfall > 0 ? .needs(more: writer.shortfall) : .written(writer.count)
    }

    /// A field with a value from outside. Empty values are legal.
    public mutating func field(_ name: FieldName, _ value: UnsafeRawBufferPointer) {
        precondition(name != .other)
        checkedField(name.spelling, value)
    }

    public mutating func field(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        checkedField(
            UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
    }

    /// A field whose name comes from outside as well.
    public mutating func field(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        guard !name.isEmpty,
            name.allSatisfy({ ByteClass.shared.has($0, ByteClass.token) })
        else {
            isRefused = true
            return
        }
        checkedField(name, value)
    }

    @inline(__always)
    public mutating func field(_ name: StaticString, _ value: StaticString) {
        writer.append(name)
        writer.append(": ")
        writer.append(value)
        writer.append("\r\n")
    }

    @inline(__always) public mutating func field(_ name: StaticString, _ value: UInt64) {
        writer.append(name)
        writer.append(": ")
        writer.append(decimal: value)
        writer.append("\r\n")
    }

    /// Copies the fields that `filter` lets through, lines that follow each other in one piece.
    /// `bytes` are the bytes that `fields` was read from.
    public mutating func copyFields(
        _ fields: borrowing FieldTable, of bytes: UnsafeRawBufferPointer,
        except filter: borrowing FieldFilter
    ) {
        var runStart = 0
        var runEnd = 0
        for index in 0..<fields.count {
            let field = fields[index]
            if filter.drops(field, in: bytes) { continue }
            guard field.isCanonical else {
                appendRange(from: runStart, to: runEnd, of: bytes)
                runStart = runEnd
                append(field, of: bytes)
                continue
            }
            if field.nameRange.start != runEnd {
                appendRange(from: runStart, to: runEnd, of: bytes)
                runStart = field.nameRange.start
            }
            runEnd = field.valueRange.end &+ 2
        }
        appendRange(from: runStart, to: runEnd, of: bytes)
    }

    /// `Content-Length` or `Transfer-Encoding`, never both, never the peer's spelling.
    public mutating func framing(_ framing: BodyFraming) {
        switch framing {
        case .none, .untilClose: break
        case .contentLength(let length): field("Content-Length", length)
        case .chunked: field("Transfer-Encoding", "chunked")
        }
    }

    public mutating func connectionClose() { field("Connection", "close") }

    /// For an HTTP/1.0 peer, whose connections close unless somebody says otherwise.
    public mutating func connectionKeepAlive() { field("Connection", "keep-alive") }

    /// Asks for, or grants, the switch to WebSocket (RFC 6455 §4).
    public mutating func upgradeToWebSocket() {
        field("Connection", "Upgrade")
        field("Upgrade", "websocket")
    }

    /// Field lines that were written, and checked, elsewhere.
    public mutating func lines(_ bytes: UnsafeRawBufferPointer) { writer.append(bytes) }

    public mutating func endHead() { writer.append("\r\n") }

    /// Content behind the head, when it is small enough to go with it.
    public mutating func content(_ bytes: UnsafeRawBufferPointer) { writer.append(bytes) }

    mutating func refuse() { isRefused = true }

    private mutating func checkedField(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) {
        if let input = Input(value), FieldLine.endOfValue(input, from: 0) < value.count {
            isRefused = true
            return
        }
        writer.append(name)
        writer.append(": ")
        writer.append(value)
        writer.append("\r\n")
    }

    private mutating func append(_ field: Field, of bytes: UnsafeRawBufferPointer) {
        writer.append(field.nameRange.slice(of: bytes))
        writer.append(": ")
        writer.append(field.valueRange.slice(of: bytes))
        writer.append("\r\n")
    }

    private mutating func appendRange(
        from start: Int, to end: Int, of bytes: UnsafeRawBufferPointer
    ) {
        guard end > start else { return }
        writer.append(ByteRange(from: start, to: end).slice(of: bytes))
    }
}
