internal import Bytes

/// Spells one field section as HTTP/1.1 would, field by field as HPACK gives them, so that heads of
/// both versions are read by the same parsers.
///
/// nghttp2 has refused what RFC 9113 §8.2–8.3 forbids. What could mean something else in this
/// spelling is refused here, and the parsers behind it judge method, target, host and framing.
struct H2HeadReader {
    enum Kind {
        case request, response, trailers
    }

    enum Problem: Error {
        /// The stream is reset.
        case malformed
    }

    private(set) var kind = Kind.request
    /// A section has begun and not ended.
    private(set) var isOpen = false
    /// Too large, or with too many fields: the rest is not kept.
    private(set) var oversize: HeadError.Reason?
    /// A content type of gRPC has come, be it behind what is kept.
    private(set) var isCall = false

    /// Whose section it is.
    private(set) var stream: Int32 = 0

    private let limits: H2Limits
    private var start = 0
    private var textStart = 0
    private var fieldCount = 0
    private var excessBytes = 0
    private var isSealed = false
    private var method = ByteRange.empty
    private var path = ByteRange.empty
    private var authority: ByteRange?
    private var status = ByteRange.empty
    /// Of an extended CONNECT: what is to be spoken (RFC 8441 §4).
    private var spoken = ByteRange.empty
    /// Whether the WebSocket that it asks for is of the version that there is (RFC 6455 §4.1).
    private var hasWebSocketVersion = false
    /// Of a response: to a request of ours that opens a WebSocket, which any success does.
    var answersWebSocket = false
    /// The line of the first `cookie`: crumbs that follow are joined to it (RFC 9113 §8.2.3).
    private var cookieEnd = 0

    init(_ limits: H2Limits) { self.limits = limits }

    /// No field of the section has come.
    var isUntouched: Bool { isOpen && oversize == nil && !isSealed && !hasPseudo }

    private var hasPseudo: Bool { !(method.isEmpty && path.isEmpty && status.isEmpty) }

    mutating func begin(_ kind: Kind, of stream: Int32, _ space: H2Workspace) {
        let limits = limits
        self = H2HeadReader(limits)
        self.kind = kind
        self.stream = stream
        isOpen = true
        start = space.used
    }

    mutating func add(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ space: H2Workspace
    ) throws(Problem) {
        if name.count == 12, kind == .request, name.equals("content-type") {
            isCall = RequestHead.isGRPC(contentType: value)
        }
        guard oversize == nil else {
            // What is far above the limit is no mistake: nobody decodes it to its end.
            excessBytes &+= name.count &+ value.count
            guard excessBytes <= limits.headBytesMax else { throw .malformed }
            return
        }
        if name.first == UInt8(ascii: ":") {
            try addPseudo(name, value, space)
        } else {
            if !isSealed { try seal(space) }
            fieldCount &+= 1
            guard fieldCount <= limits.fieldsMax else { return overflow(.tooManyFields, space) }
            try addField(name, value, space)
        }
        if space.used &- start > limits.headBytesMax { overflow(.headTooLarge, space) }
    }

    /// The whole section's text.
    mutating func finish(_ space: H2Workspace) throws(Problem) -> ByteRange {
        isOpen = false
        if !isSealed { try seal(space) }
        guard spoken.isEmpty || hasWebSocketVersion else { throw .malformed }
        try append("\r\n", space)
        return ByteRange(from: textStart, to: space.used)
    }

    /// The section is not wanted any more.
    mutating func abandon(_ space: H2Workspace) {
        guard isOpen else { return }
        isOpen = false
        space.used = start
    }

    private mutating func overflow(_ reason: HeadError.Reason, _ space: H2Workspace) {
        oversize = reason
        space.used = start
    }

    // MARK: pseudo-header fields

    private mutating func addPseudo(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ space: H2Workspace
    ) throws(Problem) {
        let range = ByteRange(offset: space.used, length: value.count)
        // A blank or a control could end a part of the request line.
        guard !isSealed, let first = value.first, space.append(value),
            Self.isWord(range, space)
        else { throw .malformed }
        switch name.count {
        case 5:
            guard kind == .request, name.equals(":path"), path.isEmpty,
                first == UInt8(ascii: "/") || value.equals("*")
            else { throw .malformed }
            path = range
        case 7: try addNamed(by: name[2], name, range, value, space)
        case 9:
            guard kind == .request, name.equals(":protocol"), spoken.isEmpty,
                value.equalsFolded("websocket")
            else { throw .malformed }
            spoken = range
        case 10:
            guard kind == .request, name.equals(":authority"), authority == nil else {
                throw .malformed
            }
            authority = range
        default: throw .malformed
        }
    }

    /// `:method`, `:scheme` or `:status`, which their third byte tells apart.
    private mutating func addNamed(
        by letter: UInt8, _ name: UnsafeRawBufferPointer, _ range: ByteRange,
        _ value: UnsafeRawBufferPointer, _ space: H2Workspace
    ) throws(Problem) {
        switch letter {
        case UInt8(ascii: "e"):
            guard kind == .request, name.equals(":method"), method.isEmpty else {
                throw .malformed
            }
            method = range
        case UInt8(ascii: "t"):
            guard kind != .request, name.equals(":status"), status.isEmpty, fieldCount == 0 else {
                throw .malformed
            }
            kind = .response
            status = range
        default:
            guard kind == .request, name.equals(":scheme"),
                value.equalsFolded("http") || value.equalsFolded("https")
            else { throw .malformed }
            space.giveBack(range.count)
        }
    }

    private static func isWord(_ range: ByteRange, _ space: H2Workspace) -> Bool {
        let readable = UnsafeRawBufferPointer(
            start: space.text.baseAddress, count: space.used &+ H2Workspace.slackBytes)
        guard let input = Input(readable) else { return false }
        return Scan.blank(in: input, from: range.start) >= range.end
    }

    /// All pseudo-header fields are there: writes the start line.
    private mutating func seal(_ space: H2Workspace) throws(Problem) {
        isSealed = true
        textStart = space.used
        switch kind {
        case .trailers: return
        case .request: try writeRequestLine(space)
        case .response: try writeStatusLine(space)
        }
    }

    /// What stands around method, target and host.
    private static let requestLineOverhead = 32

    private func writeRequestLine(_ space: H2Workspace) throws(Problem) {
        let target = path.isEmpty ? authority ?? .empty : path
        guard !method.isEmpty, !target.isEmpty else { throw .malformed }
        let method = method.slice(of: space.text)
        let path = target.slice(of: space.text)
        let host = authority?.slice(of: space.text)
        let room = method.count &+ path.count &+ (host?.count ?? 0) &+ Self.requestLineOverhead
        guard let place = space.reserve(room) else { throw .malformed }
        var line = ByteWriter(UnsafeMutableRawBufferPointer(start: place, count: room))
        if spoken.isEmpty { line.append(method) } else { line.append("GET") }
        line.append(" ")
        line.append(path)
        line.append(" HTTP/1.1\r\n")
        if let host {
            line.append("host: ")
            line.append(host)
            line.append("\r\n")
        }
        space.giveBack(room &- line.count)
        if !spoken.isEmpty { try writeUpgrade(space) }
    }

    /// An extended CONNECT is spelled as the GET that HTTP/1.1 opens a WebSocket with, for which
    /// the client of HTTP/2 has no key (RFC 8441 §5).
    private func writeUpgrade(_ space: H2Workspace) throws(Problem) {
        guard method.slice(of: space.text).equals("CONNECT"), !path.isEmpty else {
            throw .malformed
        }
        try append(
            "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ", space)
        let nonce: [UInt64] = [.random(in: 0 ... .max), .random(in: 0 ... .max)]
        let key = nonce.withUnsafeBytes { Base64.standard.encode(Array($0).span) }
        guard key.withUnsafeBytes({ space.append($0) }) else { throw .malformed }
        try append("\r\n", space)
    }

    private func writeStatusLine(_ space: H2Workspace) throws(Problem) {
        var code = 0
        for digit in status.slice(of: space.text) {
            guard ASCII.isDigit(digit), code < 100 else { throw .malformed }
            code = code &* 10 &+ Int(digit &- 0x30)
        }
        guard status.count == 3 else { throw .malformed }
        if answersWebSocket, 200..<300 ~= code {
            return try append(
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n",
                space)
        }
        try append("HTTP/1.1 ", space)
        try append(status.slice(of: space.text), space)
        try append(" ", space)
        try append(StatusPhrase.of(code), space)
        try append("\r\n", space)
    }

    // MARK: fields

    private mutating func addField(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ space: H2Workspace
    ) throws(Problem) {
        if kind == .request, try isSettled(name, value, space) { return }
        let count = name.count &+ value.count &+ 4
        guard let place = space.reserve(count) else { throw .malformed }
        if let source = name.baseAddress { place.copyShort(from: source, count: name.count) }
        let middle = place + name.count
        middle.storeBytes(of: UInt8(ascii: ":"), as: UInt8.self)
        middle.storeBytes(of: ASCII.space, toByteOffset: 1, as: UInt8.self)
        if let source = value.baseAddress {
            (middle + 2).copyShort(from: source, count: value.count)
        }
        let end = middle + 2 + value.count
        if kind == .request, name.equals("cookie") { cookieEnd = space.used &- 2 }
        end.storeBytes(of: ASCII.carriageReturn, as: UInt8.self)
        end.storeBytes(of: ASCII.lineFeed, toByteOffset: 1, as: UInt8.self)
        guard Self.isLine(place, count, name, value) else { throw .malformed }
    }

    /// Whether what was written is one field line, and means what it meant in HTTP/2.
    private static func isLine(
        _ line: UnsafeMutableRawPointer, _ count: Int, _ name: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer
    ) -> Bool {
        guard !name.isEmpty, Scan.isPlainName(line, name.count) || isName(name),
            let input = Input(
                UnsafeRawBufferPointer(start: line, count: count &+ H2Workspace.slackBytes)),
            FieldLine.endOfValue(input, from: name.count &+ 2) == count &- 2
        else { return false }
        return value.isEmpty || !(isBlank(value[0]) || isBlank(value[value.count &- 1]))
    }

    private static func isName(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let input = Input(name) else { return false }
        let end = input.end(of: ByteClass.lowercaseToken, from: 0, in: ByteClass.shared.table)
        return end == name.count
    }

    /// Whether a request's field needs no line of its own.
    private mutating func isSettled(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ space: H2Workspace
    ) throws(Problem) -> Bool {
        switch name.count {
        case 4:
            guard name.equals("host"), let authority else { return false }
            try check(value)
            // One host, said twice, is one; two are a way around somebody's rules.
            guard value.equalsFolded(authority.slice(of: space.text)) else { throw .malformed }
            return true
        case 6:
            guard name.equals("cookie"), cookieEnd > 0 else { return false }
            try check(value)
            try joinCookie(value, space)
            return true
        case 17: return !spoken.isEmpty && name.equals("sec-websocket-key")
        case 21:
            if name.equals("sec-websocket-version"), value.equals("13") {
                hasWebSocketVersion = true
            }
            return false
        default: return false
        }
    }

    private func check(_ value: UnsafeRawBufferPointer) throws(Problem) {
        guard let text = Input(value) else { return }
        guard FieldLine.endOfValue(text, from: 0) == value.count,
            !Self.isBlank(value[0]), !Self.isBlank(value[value.count &- 1])
        else { throw .malformed }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab
    }

    private mutating func joinCookie(
        _ value: UnsafeRawBufferPointer, _ space: H2Workspace
    ) throws(Problem) {
        guard let place = space.open(value.count &+ 2, at: cookieEnd) else { throw .malformed }
        place.storeBytes(of: UInt8(ascii: ";"), as: UInt8.self)
        place.storeBytes(of: ASCII.space, toByteOffset: 1, as: UInt8.self)
        if let source = value.baseAddress {
            (place + 2).copyMemory(from: source, byteCount: value.count)
        }
        cookieEnd &+= value.count &+ 2
    }

    private func append(
        _ bytes: UnsafeRawBufferPointer, _ space: H2Workspace
    ) throws(Problem) {
        guard space.append(bytes) else { throw .malformed }
    }

    private func append(_ text: StaticString, _ space: H2Workspace) throws(Problem) {
        guard space.append(text) else { throw .malformed }
    }

    // MARK: between batches

    /// What is there of a section that goes on in the next batch.
    func unfinished(_ space: H2Workspace) -> UnsafeRawBufferPointer {
        guard isOpen else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: space.text[start...])
    }

    /// The unfinished section now begins at `place`.
    mutating func move(to place: Int) {
        let distance = place &- start
        func moved(_ range: ByteRange) -> ByteRange {
            range.isEmpty ? range : ByteRange(offset: range.start &+ distance, length: range.count)
        }
        start = place
        textStart &+= distance
        if cookieEnd > 0 { cookieEnd &+= distance }
        method = moved(method)
        path = moved(path)
        authority = authority.map(moved)
        status = moved(status)
        spoken = moved(spoken)
    }
}
