internal import Bytes

/// Reads a head that is spelled as in HTTP/1.1, as this process writes them, into the fields that
/// HTTP/2 has of it: pseudo-header fields first, none that speaks of an HTTP/1.1 connection.
///
/// The request that opens a WebSocket in HTTP/1.1 becomes an extended CONNECT (RFC 8441 §5).
struct H2FieldBlock {
    private enum Kind: Int {
        case request, response, trailers
    }

    let text: UnsafeRawBufferPointer
    private(set) var count = 0
    /// Of a response.
    private(set) var status = 0
    private(set) var opensWebSocket = false
    var isRequest: Bool { kind == .request }
    private var kind = Kind.trailers
    private var isOverflowed = false

    private static let methodPlace = 0
    private static let authorityPlace = 3

    private let expectedNames: InlineArray<3, ExpectedNames>

    init(_ text: UnsafeRawBufferPointer, _ space: H2Workspace) {
        self.text = text
        expectedNames = space.expectedNames
        fields = space.fields
    }

    /// The workspace's, of which `count` are this head's.
    let fields: UnsafeMutablePointer<H2OutgoingField>

    /// The method of a request, as HTTP/2 has it.
    var method: UnsafeRawBufferPointer {
        if opensWebSocket {
            let name: StaticString = "CONNECT"
            return UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        }
        return fields[Self.methodPlace].valueRange.slice(of: text)
    }

    /// Reads `HTTP/1.1 status reason` and fields; false when it cannot be sent.
    mutating func readResponse() -> Bool {
        guard text.count >= 13, text.count <= H2Workspace.outgoingBytes else { return false }
        kind = .response
        for digit in text[9..<12] {
            guard ASCII.isDigit(digit) else { return false }
            status = status &* 10 &+ Int(digit &- 0x30)
        }
        add(.status, ByteRange(offset: 9, length: 3))
        return readLines(behindLineFrom: 12)
    }

    /// Reads `method target HTTP/1.1` and fields; `Host` is the authority.
    mutating func readRequest(isSecure: Bool) -> Bool {
        guard text.count <= H2Workspace.outgoingBytes, let input = Input(text) else {
            return false
        }
        let first = Scan.first(ASCII.space, in: input, from: 0)
        let second = Scan.first(ASCII.space, in: input, from: min(first &+ 1, input.count))
        guard second < input.count else { return false }
        kind = .request
        add(.method, ByteRange(from: 0, to: first))
        add(isSecure ? .schemeHTTPS : .schemeHTTP, .empty)
        add(.path, ByteRange(from: first + 1, to: second))
        add(.authority, .empty)
        return readLines(behindLineFrom: second)
    }

    /// Reads field lines up to an empty one.
    mutating func readTrailers() -> Bool {
        guard text.count <= H2Workspace.outgoingBytes else { return false }
        return readLines(from: 0)
    }

    // MARK: lines

    private mutating func readLines(behindLineFrom start: Int) -> Bool {
        guard let input = Input(text) else { return false }
        let end = Scan.first(ASCII.lineFeed, in: input, from: start)
        return end < input.count && readLines(from: end &+ 1)
    }

    private mutating func readLines(from start: Int) -> Bool {
        guard let input = Input(text) else { return true }
        let names = FieldNameTable.shared
        let special = Self.special
        let expected = expectedNames[kind.rawValue]
        var place = start
        var lineCount = 0
        while place < input.count, input[place] > ASCII.space {
            let known = expected.name(at: lineCount, input, line: place)
            guard let name = known ?? readName(input, place, names) else { return false }
            if known == nil { expected.note(name, at: lineCount, input, line: place) }
            let end = FieldLine.endOfValue(input, from: name.colon &+ 1)
            guard end &+ 1 < input.count, input[end] == ASCII.carriageReturn else { return false }
            let field = H2OutgoingField(
                name: name.name, nameRange: ByteRange(from: place, to: name.colon),
                valueRange: FieldLine.trimmed(input, from: name.colon &+ 1, to: end))
            if special.contains(name.name) { addSpecial(field) } else { append(field) }
            place = end &+ 2
            lineCount &+= 1
        }
        return !isOverflowed
    }

    /// Nil when there is none.
    private func readName(_ input: Input, _ line: Int, _ names: FieldNameTable) -> LineName? {
        let colon = Scan.first(UInt8(ascii: ":"), in: input, from: line)
        guard colon > line, colon < input.count, Scan.control(in: input, from: line) > colon else {
            return nil
        }
        return LineName(
            colon: colon, name: names.name(of: input.slice(ByteRange(from: line, to: colon))),
            hasUnderscore: false)
    }

    /// Fields of an HTTP/1.1 connection, and those that HTTP/2 has another place for.
    private static let special: FieldNameSet = [
        .host, .connection, .keepAlive, .proxyConnection, .transferEncoding, .http2Settings,
        .upgrade, .te,
    ]

    private mutating func addSpecial(_ field: H2OutgoingField) {
        switch field.name {
        case .host:
            if isRequest {
                fields[Self.authorityPlace].valueRange = field.valueRange
            } else {
                append(field)
            }
        case .upgrade:
            // What it can mean in a request that we send is a WebSocket.
            if isRequest { opensWebSocket = true }
        case .te:
            if field.valueRange.slice(of: text).equalsFolded("trailers") { append(field) }
        default: return
        }
    }

    private mutating func add(_ kind: H2OutgoingField.Kind, _ value: ByteRange) {
        append(H2OutgoingField(kind: kind, valueRange: value))
    }

    private mutating func append(_ field: H2OutgoingField) {
        guard count < H2Workspace.fieldsMax else {
            isOverflowed = true
            return
        }
        fields[count] = field
        count &+= 1
    }
}
