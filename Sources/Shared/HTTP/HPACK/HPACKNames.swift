/// The names that this program knows by number, and pseudo-header fields, as the encoder needs them.
struct HPACKNames: @unchecked Sendable {
    // Sendable: written once, before `shared` is visible to anyone.
    static let shared = HPACKNames()

    /// Pseudo-header fields, behind all names of regular fields.
    enum Pseudo: Int, CaseIterable {
        case authority, method, path, status, `protocol`

        fileprivate var spelling: StaticString {
            switch self {
            case .authority: ":authority"
            case .method: ":method"
            case .path: ":path"
            case .status: ":status"
            case .protocol: ":protocol"
            }
        }

        fileprivate var staticIndex: UInt8 {
            switch self {
            case .authority: 1
            case .method: 2
            case .path: 4
            case .status: 8
            case .protocol: 0
            }
        }
    }

    private let table: UnsafeMutablePointer<HPACKName>

    private static let regularCount = FieldName.allCases.count

    private init() {
        table = .allocate(capacity: Self.regularCount + Pseudo.allCases.count)
        for name in FieldName.allCases {
            let place = Self.names.firstIndex(of: name).map { UInt8(Self.firstName + $0) }
            let indexing = Self.indexing(of: name)
            let isPublic = Self.publicInRequests.contains(name) || indexing == .name
            (table + name.ordinal).initialize(
                to: HPACKName(
                    name.spelling, key: UInt8(name.ordinal),
                    staticIndex: name == .other ? 0 : place ?? 0, indexing,
                    inRequests: isPublic ? indexing : .never))
        }
        for pseudo in Pseudo.allCases {
            let place = Self.regularCount + pseudo.rawValue
            let text = pseudo.spelling
            (table + place).initialize(
                to: HPACKName(
                    UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount),
                    key: UInt8(place), staticIndex: pseudo.staticIndex, .field, inRequests: .field))
        }
    }

    /// Not for `other`.
    subscript(name: FieldName) -> HPACKNamePointer {
        HPACKNamePointer(table + name.ordinal)
    }

    subscript(pseudo: Pseudo) -> HPACKNamePointer {
        HPACKNamePointer(table + Self.regularCount + pseudo.rawValue)
    }

    // MARK: what the peer's table is to have

    private static func indexing(of name: FieldName) -> HPACKEncoder.Indexing {
        if secrets.contains(name) { return .never }
        return unique.contains(name) ? .name : .field
    }

    private static let secrets: FieldNameSet = [
        .authorization, .proxyAuthorization, .xAPIKey, .xSandboxToken, .cookie, .setCookie,
    ]

    private static let publicInRequests: FieldNameSet = [
        .accept, .acceptCharset, .acceptEncoding, .acceptLanguage, .anthropicVersion,
        .cacheControl, .contentEncoding, .contentLanguage, .contentType, .grpcAcceptEncoding,
        .grpcEncoding, .origin, .pragma, .priority, .referer, .te, .trailer, .userAgent, .via,
        .secWebSocketExtensions, .secWebSocketProtocol, .secWebSocketVersion,
        .xAuthenticatedKeyID, .xForwardedFor, .xForwardedHost, .xForwardedPort, .xForwardedProto,
        .xRateLimitTier,
    ]

    /// No other message has their value, and it is nobody's credential.
    private static let unique: FieldNameSet = [
        .xRequestID, .traceparent, .tracestate, .grpcTimeout, .grpcMessage,
        .grpcStatusDetails, .rateLimit, .xRateLimitLeft, .xRateLimitRemaining, .xRateLimitReset,
        .retryAfter, .contentLength, .contentRange, .range, .age, .etag, .ifMatch, .ifNoneMatch,
        .ifModifiedSince, .ifUnmodifiedSince, .lastModified, .location, .secWebSocketKey,
        .secWebSocketAccept,
    ]

    // MARK: the static table

    /// How many entries it has: those of the dynamic table are numbered from here on.
    static let staticCount = 61

    /// `:method` with this value; nil when the table does not have it.
    static func index(ofMethod method: UnsafeRawBufferPointer) -> Int? {
        if method.equals("GET") { return 2 }
        return method.equals("POST") ? 3 : nil
    }

    static func index(isSecure: Bool) -> Int { isSecure ? 7 : 6 }

    /// `:path` with this value; nil when the table does not have it.
    static func index(ofPath path: UnsafeRawBufferPointer) -> Int? {
        path.equals("/") ? 4 : nil
    }

    /// `:status` with this value; nil when the table does not have it.
    static func index(ofStatus digits: UnsafeRawBufferPointer) -> Int? {
        var status = 0
        for digit in digits { status = status &* 10 &+ Int(digit &- 0x30) }
        return switch status {
        case 200: 8
        case 204: 9
        case 206: 10
        case 304: 11
        case 400: 12
        case 404: 13
        case 500: 14
        default: nil
        }
    }

    /// The entries from `accept-charset` on; those whose names nobody here asks for are `other`.
    private static let firstName = 15
    private static let names: [FieldName] = [
        .acceptCharset, .acceptEncoding, .acceptLanguage, .acceptRanges, .accept, .other, .age,
        .allow, .authorization, .cacheControl, .contentDisposition, .contentEncoding,
        .contentLanguage, .contentLength, .contentLocation, .contentRange, .contentType, .cookie,
        .date, .etag, .expect, .expires, .from, .host, .ifMatch, .ifModifiedSince, .ifNoneMatch,
        .ifRange, .ifUnmodifiedSince, .lastModified, .link, .location, .maxForwards,
        .proxyAuthenticate, .proxyAuthorization, .range, .referer, .other, .retryAfter, .server,
        .setCookie, .strictTransportSecurity, .transferEncoding, .userAgent, .vary, .via,
        .wwwAuthenticate,
    ]
}
