/// A parsed HTTP/1 request head (RFC 9112): ranges into the bytes it was read from, and what
/// follows from the fields. Memory that a worker uses again for every request.
public struct RequestHead: ~Copyable {
    public internal(set) var method = Method.other
    public internal(set) var methodRange = ByteRange.empty
    /// The request target as it was sent.
    public internal(set) var target = ByteRange.empty
    public internal(set) var targetForm = TargetForm.origin
    /// The path as it was sent, `*` for the asterisk form; empty when an absolute target has none.
    public internal(set) var path = ByteRange.empty
    /// What follows the `?`; nil when there is no `?`.
    public internal(set) var query: ByteRange?
    /// Of the target when that is absolute, else of `Host` (RFC 9112 §3.3).
    public internal(set) var authority = Authority.none
    public internal(set) var version = HTTPVersion.http11
    public var fields: FieldTable

    public internal(set) var framing = BodyFraming.none
    /// Whether the client wants the connection to stay open after the response (RFC 9112 §9.3).
    public internal(set) var isPersistent = true
    /// `Expect: 100-continue` of an HTTP/1.1 client (RFC 9110 §10.1.1).
    public internal(set) var expectsContinue = false
    public internal(set) var upgrade = UpgradeRequest.none

    public init(fieldsMax: Int = HeadLimits.fieldsMax) {
        fields = FieldTable(capacity: fieldsMax)
    }

    /// Whether it is the opening of a WebSocket: a GET without content (RFC 6455 §4.1).
    public var asksForWebSocket: Bool {
        upgrade == .webSocket && method == .get && framing == .none
    }

    /// Reads one head from the start of `bytes`.
    ///
    /// Returns the bytes it takes, empty line included, or nil when there is more to come: then
    /// call again with the bytes of this head from their start, longer, and `scanned` the count
    /// of this time. Nothing is kept between calls. After an error the head shows what was read
    /// before it, for the log.
    ///
    /// Empty lines before the request line are skipped, four at most (RFC 9112 §2.2).
    public mutating func parse(
        _ bytes: UnsafeRawBufferPointer, scanned: Int = 0, limits: HeadLimits = HeadLimits()
    ) throws(HeadError) -> Int? {
        if let input = HeadScan.input(bytes, scanned: scanned, limits),
            let end = try parseComplete(input, limits)
        {
            return end
        }
        guard bytes.count < limits.headBytesMax else {
            throw HeadError(.headTooLarge, at: limits.headBytesMax)
        }
        return nil
    }

    /// The head just parsed came over HTTP/2, where content without a declared length ends with its
    /// stream; `hasContent` tells whether the stream went on behind the head. What goes on behind a
    /// CONNECT is no content.
    public mutating func becomeHTTP2(hasContent: Bool) {
        version = .http2
        if framing == .none, hasContent, method != .connect, upgrade == .none {
            framing = .chunked
        }
    }

    /// Whether it is an extended CONNECT of HTTP/2 (RFC 8441), whose client takes every 2xx for its
    /// tunnel: nothing else in HTTP/2 has an `Upgrade`.
    public var isExtendedConnect: Bool { version == .http2 && upgrade != .none }

    private mutating func parseComplete(
        _ input: Input, _ limits: HeadLimits
    ) throws(HeadError) -> Int? {
        forget()
        guard let start = try parseRequestLine(input, limits),
            let end = try fields.parse(input, from: start)
        else { return nil }
        let bytes = input.bytes
        try deriveAuthority(bytes)
        framing = try MessageFraming.declared(by: fields, in: bytes)
        try deriveConnection(bytes, limits)
        return end
    }

    /// So that a head that is refused shows nothing of the one before.
    private mutating func forget() {
        fields.removeAll()
        method = .other
        methodRange = .empty
        target = .empty
        path = .empty
        query = nil
        authority = .none
        framing = .none
        expectsContinue = false
        upgrade = .none
    }

    private mutating func deriveAuthority(_ bytes: UnsafeRawBufferPointer) throws(HeadError) {
        guard let host = fields.first(.host) else {
            guard version == .http10 else { throw HeadError(.hostMissing, at: fields.endOffset) }
            return
        }
        if fields.repeated.contains(.host) {
            throw HeadError(.hostRepeated, at: host.nameRange.start)
        }
        guard let sent = Authority(host.valueRange, in: bytes) else {
            throw HeadError(.hostMalformed, at: host.valueRange.start)
        }
        if targetForm != .absolute, targetForm != .authority { authority = sent }
    }

    private mutating func deriveConnection(
        _ bytes: UnsafeRawBufferPointer, _ limits: HeadLimits
    ) throws(HeadError) {
        if version == .http10, framing == .chunked {
            throw HeadError(.transferEncodingInHTTP10, at: fields.endOffset)
        }
        let options = try ConnectionOptions.read(
            &fields, in: bytes, optionsMax: limits.connectionOptionsMax)
        isPersistent = !options.close && (version != .http10 || options.keepAlive)
        if options.upgrade, version != .http10, let field = fields.first(.upgrade) {
            let isWebSocket = field.valueRange.slice(of: bytes).equalsFolded("websocket")
            let isAlone = !fields.repeated.contains(.upgrade)
            upgrade = isWebSocket && isAlone ? .webSocket : .other
        }
        guard let expect = fields.first(.expect), version != .http10 else { return }
        guard !fields.repeated.contains(.expect),
            expect.valueRange.slice(of: bytes).equalsFolded("100-continue")
        else { throw HeadError(.expectationUnsupported, at: expect.valueRange.start) }
        expectsContinue = true
    }
}
