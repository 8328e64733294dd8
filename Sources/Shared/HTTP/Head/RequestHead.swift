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
    public internal(set) var fields: FieldTable

    public internal(set) var framing = BodyFraming.none
    /// Whether the client wants the connection to stay open after the response (RFC 9112 §9.3).
    public internal(set) var isPersistent = true
    /// `Expect: 100-continue` of an HTTP/1.1 client (RFC 9110 §10.1.1).
    public internal(set) var expectsContinue = false
    public internal(set) var upgrade = UpgradeRequest.none

    public init(fieldsMax: Int = HeadLimits.fieldsMax) {
        fields = FieldTable(capacity: fieldsMax)
    }

    /// Reads one head from the start of `bytes`.
    ///
    /// Returns the bytes it takes, empty line included, or nil when there is more to come: then
    /// call again with the bytes of this head from their start, longer, and `scanned` the count
    /// of this time. Nothing is kept between calls.
    ///
    /// Empty lines before the request line are skipped, four at most (RFC 9112 §2.2).
    public mutating func parse(
        _ bytes: UnsafeRawBufferPointer, scanned: Int = 0, limits: HeadLimits = HeadLimits()
    ) throws(HeadError) -> Int? {
        let visible = UnsafeRawBufferPointer(
            start: bytes.baseAddress, count: min(bytes.count, limits.headBytesMax))
        if scanned == 0 || HeadScan.mayBeComplete(visible, scanned: min(scanned, visible.count)) {
            if let end = try parseComplete(visible, limits) { return end }
        }
        if bytes.count >= limits.headBytesMax {
            throw HeadError(.headTooLarge, at: limits.headBytesMax)
        }
        return nil
    }

    private mutating func parseComplete(
        _ bytes: UnsafeRawBufferPointer, _ limits: HeadLimits
    ) throws(HeadError) -> Int? {
        fields.removeAll()
        guard let start = try parseRequestLine(bytes, limits),
            let end = try fields.parse(bytes, from: start)
        else { return nil }
        try deriveAuthority(bytes)
        framing = try MessageFraming.declared(by: fields, in: bytes)
        try deriveConnection(bytes, limits)
        return end
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
        upgrade = .none
        if options.upgrade, version != .http10, let field = fields.first(.upgrade) {
            let isWebSocket = field.valueRange.slice(of: bytes).equalsFolded("websocket")
            let isAlone = !fields.repeated.contains(.upgrade)
            upgrade = isWebSocket && isAlone ? .webSocket : .other
        }
        expectsContinue = false
        guard let expect = fields.first(.expect), version != .http10 else { return }
        guard !fields.repeated.contains(.expect),
            expect.valueRange.slice(of: bytes).equalsFolded("100-continue")
        else { throw HeadError(.expectationUnsupported, at: expect.valueRange.start) }
        expectsContinue = true
    }
}
