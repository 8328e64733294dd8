internal import Bytes

extension RequestHead {
    /// Reads `method SP request-target SP HTTP-version CRLF` (RFC 9112 §3). Returns where the
    /// fields start, or nil when bytes are missing.
    mutating func parseRequestLine(
        _ bytes: Input, _ limits: HeadLimits
    ) throws(HeadError) -> Int? {
        guard let start = try Self.skipEmptyLines(bytes),
            let methodEnd = try parseMethod(bytes, from: start, limits),
            let targetEnd = try parseTarget(bytes, from: methodEnd &+ 1, limits)
        else { return nil }
        return try parseVersion(bytes, from: targetEnd &+ 1)
    }

    private static func skipEmptyLines(_ bytes: Input) throws(HeadError) -> Int? {
        var index = 0
        while index < bytes.count, bytes[index] < ASCII.space {
            guard index < 8 else { throw HeadError(.requestLineMalformed, at: index) }
            let isEnd = try FieldLine.isLineEnd(bytes, at: index, else: .requestLineMalformed)
            guard isEnd else { return nil }
            index &+= 2
        }
        return index < bytes.count ? index : nil
    }

    private mutating func parseMethod(
        _ bytes: Input, from start: Int, _ limits: HeadLimits
    ) throws(HeadError) -> Int? {
        let end = bytes.end(of: ByteClass.token, from: start, in: fields.classes)
        if end &- start > limits.methodBytesMax { throw HeadError(.methodTooLong, at: start) }
        guard end < bytes.count else { return nil }
        guard bytes[end] == ASCII.space, end > start else {
            throw HeadError(Self.lineReason(bytes[end], else: .methodMalformed), at: end)
        }
        methodRange = ByteRange(from: start, to: end)
        method = Method(bytes.slice(methodRange))
        return end
    }

    private mutating func parseTarget(
        _ bytes: Input, from start: Int, _ limits: HeadLimits
    ) throws(HeadError) -> Int? {
        let pathEnd = Scan.targetEnd(in: bytes, from: start)
        let hasQuery = pathEnd < bytes.count && bytes[pathEnd] == UInt8(ascii: "?")
        let end = hasQuery ? Scan.queryEnd(in: bytes, from: pathEnd) : pathEnd
        if end &- start > limits.targetBytesMax { throw HeadError(.targetTooLong, at: start) }
        guard end < bytes.count else { return nil }
        guard bytes[end] == ASCII.space, end > start else {
            throw HeadError(Self.lineReason(bytes[end], else: .targetMalformed), at: end)
        }
        target = ByteRange(from: start, to: end)
        query = hasQuery ? ByteRange(from: pathEnd &+ 1, to: end) : nil
        try splitTarget(bytes, pathEnd: pathEnd)
        return end
    }

    /// Tells the four forms apart (RFC 9112 §3.2).
    private mutating func splitTarget(
        _ bytes: Input, pathEnd: Int
    ) throws(HeadError) {
        let start = target.start
        if method == .connect {
            targetForm = .authority
            guard let sent = Authority(target, in: bytes.bytes), sent.port != nil else {
                throw HeadError(.targetMalformed, at: start)
            }
            authority = sent
        } else if bytes[start] == UInt8(ascii: "/") {
            targetForm = .origin
            path = ByteRange(from: start, to: pathEnd)
        } else if bytes[start] == UInt8(ascii: "*") {
            targetForm = .asterisk
            path = target
            guard target.count == 1, method == .options else {
                throw HeadError(.targetMalformed, at: start)
            }
        } else {
            targetForm = .absolute
            try splitAbsolute(bytes, pathEnd: pathEnd)
        }
    }

    /// `http://` or `https://`, an authority, and a path that may be missing.
    private mutating func splitAbsolute(
        _ bytes: Input, pathEnd: Int
    ) throws(HeadError) {
        let start = target.start
        let text = bytes.slice(ByteRange(from: start, to: pathEnd))
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon <= 5 else {
            throw HeadError(.targetMalformed, at: start)
        }
        let prefix = ByteRange(offset: 0, length: colon &+ 3).slice(of: text)
        guard prefix.equalsFolded("http://") || prefix.equalsFolded("https://") else {
            throw HeadError(.targetMalformed, at: start)
        }
        let first = start &+ prefix.count
        var end = first
        while end < pathEnd, bytes[end] != UInt8(ascii: "/") { end &+= 1 }
        guard let sent = Authority(ByteRange(from: first, to: end), in: bytes.bytes) else {
            throw HeadError(.targetMalformed, at: first)
        }
        authority = sent
        path = ByteRange(from: end, to: pathEnd)
    }

    private mutating func parseVersion(
        _ bytes: Input, from start: Int
    ) throws(HeadError) -> Int? {
        guard let minor = try StartLine.version(bytes, at: start, else: .requestLineMalformed)
        else { return nil }
        let end = start &+ StartLine.versionLength
        guard try FieldLine.isLineEnd(bytes, at: end, else: .requestLineMalformed) else {
            return nil
        }
        version = minor == 0 ? .http10 : .http11
        return end &+ 2
    }

    private static func lineReason(
        _ byte: UInt8, else reason: HeadError.Reason
    ) -> HeadError.Reason {
        switch byte {
        case ASCII.lineFeed: .bareLineFeed
        case ASCII.carriageReturn: .requestLineMalformed
        default: reason
        }
    }
}
