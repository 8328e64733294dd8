/// A set of known field names, two words wide: asking it is one shift.
public struct FieldNameSet: Equatable, Sendable, ExpressibleByArrayLiteral {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    public init() {}

    public init(arrayLiteral names: FieldName...) {
        for name in names { insert(name) }
    }

    public var isEmpty: Bool { low | high == 0 }

    public func contains(_ name: FieldName) -> Bool {
        let ordinal = name.ordinal
        let word = ordinal < 64 ? low : high
        return (word &>> UInt64(truncatingIfNeeded: ordinal)) & 1 == 1
    }

    public mutating func insert(_ name: FieldName) {
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: name.ordinal)
        if name.ordinal < 64 { low |= bit } else { high |= bit }
    }

    public mutating func remove(_ name: FieldName) {
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: name.ordinal)
        if name.ordinal < 64 { low &= ~bit } else { high &= ~bit }
    }

    public mutating func formUnion(_ other: FieldNameSet) {
        low |= other.low
        high |= other.high
    }

    public func union(_ other: FieldNameSet) -> FieldNameSet {
        var result = self
        result.formUnion(other)
        return result
    }
}

extension FieldNameSet {
    /// What concerns one connection only and is never forwarded (RFC 9110 §7.6.1).
    public static let hopByHop: FieldNameSet = [
        .connection, .keepAlive, .proxyConnection, .proxyAuthenticate, .proxyAuthenticationInfo,
        .proxyAuthorization, .te, .trailer, .transferEncoding, .upgrade, .http2Settings,
    ]

    /// What Sluice writes itself for every message it sends.
    public static let framing: FieldNameSet = [.host, .contentLength, .transferEncoding]

    /// What `Connection` has no power over: without it the message would mean something else.
    static let neverNominated: FieldNameSet = [
        .host, .contentLength, .transferEncoding, .connection,
    ]

    /// What a trailer section must not carry: framing, routing, authentication and identity,
    /// request modifiers and content format (RFC 9110 §6.5.1).
    public static let forbiddenInTrailers: FieldNameSet = [
        .host, .contentLength, .expect, .maxForwards, .cacheControl, .pragma, .authorization,
        .cookie, .setCookie, .wwwAuthenticate, .contentEncoding, .contentType, .contentRange,
        .forwarded, .via, .range, .ifMatch, .ifModifiedSince, .ifNoneMatch, .ifRange,
        .ifUnmodifiedSince, .xForwardedFor, .xForwardedHost, .xForwardedProto, .xForwardedPort,
        .xForwardedClientCert, .xAPIKey, .xSandboxID, .xSandboxToken, .xSandboxPolicy,
        .xAuthzContext, .xAuthenticatedKeyID, .xAuthenticatedRole, .xRateLimitTier, .xRealIP,
        .xOriginalURL, .xRewriteURL, .xHTTPMethod, .xHTTPMethodOverride, .xMethodOverride, .age, .date, .expires,
        .location, .retryAfter, .vary,
    ]
}
