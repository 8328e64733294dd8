internal import Bytes
internal import CNghttp2

/// Reads a head that is spelled as in HTTP/1.1, as this process writes them, into what nghttp2
/// encodes: names in lower case, no field that speaks of an HTTP/1.1 connection.
struct H2FieldBlock {
    private let space: H2Workspace
    private(set) var count = 0
    /// Of a response.
    private(set) var status = 0
    private var isRequest = false
    private var isOverflowed = false

    init(_ space: H2Workspace) { self.space = space }

    var fields: UnsafeMutablePointer<nghttp2_nv> { space.fields }

    /// Reads `HTTP/1.1 status reason` and fields; false when it cannot be sent.
    mutating func readResponse(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count >= 13, let base = keep(text) else { return false }
        let code = UnsafeRawBufferPointer(start: base + 9, count: 3)
        for digit in code { status = status &* 10 &+ Int(digit &- 0x30) }
        add(":status", code)
        return readLines(base, from: Self.endOfLine(base, text.count, from: 12), text.count)
    }

    /// Reads `method target HTTP/1.1` and fields; `Host` is the authority.
    mutating func readRequest(
        _ text: UnsafeRawBufferPointer, scheme: StaticString
    ) -> Bool {
        guard let base = keep(text) else { return false }
        isRequest = true
        let bytes = UnsafeRawBufferPointer(start: base, count: text.count)
        guard let first = bytes.firstIndex(of: ASCII.space),
            let second = bytes[(first + 1)...].firstIndex(of: ASCII.space)
        else { return false }
        add(":method", UnsafeRawBufferPointer(rebasing: bytes[..<first]))
        add(
            ":scheme",
            UnsafeRawBufferPointer(start: scheme.utf8Start, count: scheme.utf8CodeUnitCount))
        let path = UnsafeRawBufferPointer(rebasing: bytes[(first + 1)..<second])
        // A query may be a credential's place.
        add(":path", path, path.contains(UInt8(ascii: "?")) ? Self.never : Self.indexed)
        return readLines(base, from: Self.endOfLine(base, text.count, from: second), text.count)
    }

    /// Reads field lines up to an empty one.
    mutating func readTrailers(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let base = keep(text) else { return false }
        return readLines(base, from: 0, text.count)
    }

    // MARK: lines

    /// A copy, as names are written in lower case.
    private mutating func keep(
        _ text: UnsafeRawBufferPointer
    ) -> UnsafeMutableRawPointer? {
        guard text.count <= space.outgoing.count, let source = text.baseAddress,
            let base = space.outgoing.baseAddress
        else { return nil }
        base.copyMemory(from: source, byteCount: text.count)
        return base
    }

    private static func endOfLine(
        _ base: UnsafeMutableRawPointer, _ count: Int, from start: Int
    ) -> Int {
        var index = start
        while index < count, base.load(fromByteOffset: index, as: UInt8.self) != ASCII.lineFeed {
            index &+= 1
        }
        return index &+ 1
    }

    private mutating func readLines(
        _ base: UnsafeMutableRawPointer, from start: Int, _ count: Int
    ) -> Bool {
        var line = start
        while line < count,
            base.load(fromByteOffset: line, as: UInt8.self) != ASCII.carriageReturn
        {
            guard let next = readLine(base, line, count) else { return false }
            line = next
        }
        return !isOverflowed
    }

    private mutating func readLine(
        _ base: UnsafeMutableRawPointer, _ start: Int, _ count: Int
    ) -> Int? {
        var colon = start
        while colon < count {
            let byte = base.load(fromByteOffset: colon, as: UInt8.self)
            if byte == UInt8(ascii: ":") { break }
            base.storeBytes(of: ASCII.lowercased(byte), toByteOffset: colon, as: UInt8.self)
            colon &+= 1
        }
        guard colon > start, let input = Input(UnsafeRawBufferPointer(start: base, count: count))
        else { return nil }
        let end = FieldLine.endOfValue(input, from: min(colon &+ 1, count))
        guard end &+ 1 < count else { return nil }
        var first = colon &+ 1
        while first < end, input[first] == ASCII.space { first &+= 1 }
        let name = UnsafeRawBufferPointer(start: base + start, count: colon &- start)
        let value = UnsafeRawBufferPointer(start: base + first, count: end &- first)
        addField(name, value)
        return end &+ 2
    }

    private mutating func addField(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) {
        let known = FieldNameTable.shared.name(of: name)
        switch known {
        case .host: add(":authority", value)
        case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade,
            .http2Settings:
            return
        case .te:
            if value.equalsFolded("trailers") { add(name, value) }
        case .authorization, .proxyAuthorization, .xAPIKey, .cookie, .setCookie:
            // Neither end's table is to hold a secret that another stream's size could tell.
            add(name, value, Self.never)
        case .xRequestID, .traceparent, .xRateLimitLeft, .grpcTimeout:
            // No other message has this value: it would only drive others from the table.
            add(name, value, Self.never)
        default:
            // A request's credential may have any name that its service wants.
            let isPublic = !isRequest || Self.publicInRequests.contains(known)
            add(name, value, isPublic ? Self.indexed : Self.never)
        }
    }

    private static var indexed: nghttp2_nv_flag { NGHTTP2_NV_FLAG_NONE }
    /// In no table of either end (RFC 7541 §7.1.3).
    private static var never: nghttp2_nv_flag { NGHTTP2_NV_FLAG_NO_INDEX }

    private static let publicInRequests: FieldNameSet = [
        .accept, .acceptCharset, .acceptEncoding, .acceptLanguage, .anthropicVersion,
        .cacheControl, .contentEncoding, .contentLanguage, .contentType, .grpcAcceptEncoding,
        .grpcEncoding, .origin, .pragma, .priority, .referer, .te, .trailer, .userAgent, .via,
        .xAuthenticatedKeyID, .xForwardedFor, .xForwardedHost, .xForwardedPort, .xForwardedProto,
        .xRateLimitTier,
    ]

    private mutating func add(
        _ name: StaticString, _ value: UnsafeRawBufferPointer, _ flags: nghttp2_nv_flag = indexed
    ) {
        add(
            UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value,
            flags)
    }

    private mutating func add(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
        _ flags: nghttp2_nv_flag = indexed
    ) {
        guard count < H2Workspace.fieldsMax else {
            isOverflowed = true
            return
        }
        let field = fields + count
        field.pointee.name = Self.pointer(name)
        field.pointee.namelen = name.count
        field.pointee.value = Self.pointer(value)
        field.pointee.valuelen = value.count
        field.pointee.flags = UInt8(truncatingIfNeeded: flags.rawValue)
        count &+= 1
    }

    /// nghttp2 takes pointers to what it does not change.
    private static func pointer(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
        bytes.baseAddress.map {
            UnsafeMutableRawPointer(mutating: $0).assumingMemoryBound(to: UInt8.self)
        }
    }
}
