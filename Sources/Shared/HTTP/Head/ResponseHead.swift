internal import Bytes

/// A parsed HTTP/1 response head (RFC 9112 §4), read with what was asked in mind.
/// Memory that a worker uses again for every response.
public struct ResponseHead: ~Copyable {
    /// What of the request decides how its response is read.
    public struct Request: Sendable {
        public let method: Method
        /// Whether `Upgrade` was forwarded.
        public let upgrade: Bool

        public init(method: Method, upgrade: Bool = false) {
            self.method = method
            self.upgrade = upgrade
        }
    }

    /// 100 to 599.
    public private(set) var status = 0
    /// May be empty.
    public private(set) var reason = ByteRange.empty
    public private(set) var version = HTTPVersion.http11
    public var fields: FieldTable

    /// How the body that follows ends; `none` for an answer to HEAD and for 1xx, 204 and 304.
    public private(set) var framing = BodyFraming.none
    /// The length that `Content-Length` declares, whether or not a body follows: what an answer
    /// to HEAD or a 304 is passed on with.
    public private(set) var declaredLength: UInt64?
    /// Whether the connection can carry another request once this response has ended.
    public private(set) var isPersistent = true

    /// 1xx but 101: another head follows.
    public var isInformational: Bool { status < 200 && status != 101 }

    /// Whether `Upgrade` names what a 101 must name when WebSocket was asked for (RFC 6455 §4.1).
    public func agreesToWebSocket(in bytes: UnsafeRawBufferPointer) -> Bool {
        guard let field = fields.first(.upgrade), !fields.repeated.contains(.upgrade) else {
            return false
        }
        return field.valueRange.slice(of: bytes).equalsFolded("websocket")
    }

    public init(fieldsMax: Int = HeadLimits.fieldsMax) {
        fields = FieldTable(capacity: fieldsMax)
    }

    /// Reads one head from the start of `bytes`; see `RequestHead.parse`.
    public mutating func parse(
        _ bytes: UnsafeRawBufferPointer, answering request: Request, scanned: Int = 0,
        limits: HeadLimits = HeadLimits()
    ) throws(HeadError) -> Int? {
        if let input = HeadScan.input(bytes, scanned: scanned, limits),
            let end = try parseComplete(input, request, limits)
        {
            return end
        }
        guard bytes.count < limits.headBytesMax else {
            throw HeadError(.headTooLarge, at: limits.headBytesMax)
        }
        return nil
    }

    private mutating func parseComplete(
        _ input: Input, _ request: Request, _ limits: HeadLimits
    ) throws(HeadError) -> Int? {
        fields.removeAll()
        status = 0
        reason = .empty
        framing = .none
        declaredLength = nil
        guard let start = try parseStatusLine(input),
            let end = try fields.parse(input, from: start)
        else { return nil }
        let bytes = input.bytes
        let options = try ConnectionOptions.read(
            &fields, in: bytes, optionsMax: limits.connectionOptionsMax)
        isPersistent = !options.close && (version != .http10 || options.keepAlive)
        try deriveFraming(bytes, request)
        return end
    }

    /// The content that is passed on is of another length.
    mutating func forgetLength() {
        declaredLength = nil
        if framing != .none { framing = .untilClose }
    }

    /// RFC 9112 §6.3, in its order.
    private mutating func deriveFraming(
        _ bytes: UnsafeRawBufferPointer, _ request: Request
    ) throws(HeadError) {
        let declared = try MessageFraming.declared(by: fields, in: bytes)
        declaredLength = if case .contentLength(let length) = declared { length } else { nil }
        if status == 101, !request.upgrade {
            throw HeadError(.switchingProtocolsUnasked, at: 0)
        }
        if version == .http10, declared == .chunked {
            throw HeadError(.transferEncodingInHTTP10, at: fields.endOffset)
        }
        if request.method == .head || status < 200 || status == 204 || status == 304 {
            framing = .none
            let isBodyless = status < 200 || status == 204
            // A sender that announces a body here may send one: what follows is not a response.
            if isBodyless, declared != .none, declared != .contentLength(0) {
                isPersistent = false
            }
            return
        }
        if declared == .none {
            framing = .untilClose
            isPersistent = false
        } else {
            framing = declared
        }
    }

    /// `HTTP-version SP status-code SP [reason-phrase] CRLF`; the second SP may be missing.
    private mutating func parseStatusLine(_ bytes: Input) throws(HeadError) -> Int? {
        guard let minor = try StartLine.version(bytes, at: 0, else: .statusLineMalformed) else {
            return nil
        }
        version = minor == 0 ? .http10 : .http11
        let codeStart = StartLine.versionLength &+ 1
        let codeEnd = codeStart &+ 3
        guard bytes.count > codeEnd else { return nil }
        guard bytes[codeStart &- 1] == ASCII.space else {
            throw HeadError(.statusLineMalformed, at: codeStart &- 1)
        }
        var code = 0
        for index in codeStart..<codeEnd {
            guard ASCII.isDigit(bytes[index]) else {
                throw HeadError(.statusLineMalformed, at: index)
            }
            code = code &* 10 &+ Int(bytes[index] &- 0x30)
        }
        guard (100...599).contains(code) else {
            throw HeadError(.statusLineMalformed, at: codeStart)
        }
        status = code
        return try parseReason(bytes, from: codeEnd)
    }

    private mutating func parseReason(
        _ bytes: Input, from start: Int
    ) throws(HeadError) -> Int? {
        let end = FieldLine.endOfValue(bytes, from: start)
        guard try FieldLine.isLineEnd(bytes, at: end, else: .statusLineMalformed) else {
            return nil
        }
        guard end == start || bytes[start] == ASCII.space else {
            throw HeadError(.statusLineMalformed, at: start)
        }
        reason = end == start ? .empty : ByteRange(from: start &+ 1, to: end)
        return end &+ 2
    }
}
