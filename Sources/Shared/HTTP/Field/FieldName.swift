/// The field names that Sluice knows by number; every other name is `other` and is read by its
/// bytes.
///
/// At most 127 names of at most 32 letters, digits and hyphens: `FieldNameTable` relies on it.
public enum FieldName: String, CaseIterable, Sendable {
    case other = ""

    // Framing and routing (RFC 9112), and what ends at the next hop (RFC 9110 §7.6.1)
    case host
    case contentLength = "content-length"
    case transferEncoding = "transfer-encoding"
    case connection
    case keepAlive = "keep-alive"
    case proxyConnection = "proxy-connection"
    case proxyAuthenticate = "proxy-authenticate"
    case proxyAuthenticationInfo = "proxy-authentication-info"
    case proxyAuthorization = "proxy-authorization"
    case te
    case trailer
    case upgrade
    case http2Settings = "http2-settings"
    case expect

    // Identity, credentials and what proxies tell each other
    case authorization
    case cookie
    case setCookie = "set-cookie"
    case wwwAuthenticate = "www-authenticate"
    case authenticationInfo = "authentication-info"
    case forwarded
    case via
    case xForwardedFor = "x-forwarded-for"
    case xForwardedHost = "x-forwarded-host"
    case xForwardedProto = "x-forwarded-proto"
    case xForwardedPort = "x-forwarded-port"
    case xForwardedClientCert = "x-forwarded-client-cert"
    case xRealIP = "x-real-ip"
    case xAPIKey = "x-api-key"
    case xSandboxID = "x-sandbox-id"
    case xSandboxToken = "x-sandbox-token"
    case xSandboxPolicy = "x-sandbox-policy"
    case xAuthzContext = "x-authz-context"
    case xAuthenticatedKeyID = "x-authenticated-key-id"
    case xAuthenticatedRole = "x-authenticated-role"
    case xRateLimitTier = "x-rate-limit-tier"
    case xOriginalURL = "x-original-url"
    case xRewriteURL = "x-rewrite-url"
    case xHTTPMethod = "x-http-method"
    case xHTTPMethodOverride = "x-http-method-override"
    case xMethodOverride = "x-method-override"

    // Tracing and identifiers
    case xRequestID = "x-request-id"
    case traceparent
    case tracestate
    case idempotencyKey = "idempotency-key"

    // WebSocket (RFC 6455) and gRPC
    case secWebSocketAccept = "sec-websocket-accept"
    case secWebSocketExtensions = "sec-websocket-extensions"
    case secWebSocketKey = "sec-websocket-key"
    case secWebSocketProtocol = "sec-websocket-protocol"
    case secWebSocketVersion = "sec-websocket-version"
    case grpcAcceptEncoding = "grpc-accept-encoding"
    case grpcEncoding = "grpc-encoding"
    case grpcMessage = "grpc-message"
    case grpcStatus = "grpc-status"
    case grpcStatusDetails = "grpc-status-details-bin"
    case grpcTimeout = "grpc-timeout"

    // Semantics (RFC 9110), caching (RFC 9111), limits and what APIs add
    case accept
    case acceptCharset = "accept-charset"
    case acceptEncoding = "accept-encoding"
    case acceptLanguage = "accept-language"
    case acceptRanges = "accept-ranges"
    case accessControlRequestMethod = "access-control-request-method"
    case age
    case allow
    case altSvc = "alt-svc"
    case anthropicVersion = "anthropic-version"
    case cacheControl = "cache-control"
    case contentDisposition = "content-disposition"
    case contentEncoding = "content-encoding"
    case contentLanguage = "content-language"
    case contentLocation = "content-location"
    case contentRange = "content-range"
    case contentSecurityPolicy = "content-security-policy"
    case contentType = "content-type"
    case date
    case etag
    case expires
    case from
    case ifMatch = "if-match"
    case ifModifiedSince = "if-modified-since"
    case ifNoneMatch = "if-none-match"
    case ifRange = "if-range"
    case ifUnmodifiedSince = "if-unmodified-since"
    case lastModified = "last-modified"
    case link
    case location
    case maxForwards = "max-forwards"
    case origin
    case pragma
    case priority
    case range
    case rateLimit = "ratelimit"
    case rateLimitPolicy = "ratelimit-policy"
    case referer
    case retryAfter = "retry-after"
    case secFetchDest = "sec-fetch-dest"
    case secFetchMode = "sec-fetch-mode"
    case secFetchSite = "sec-fetch-site"
    case server
    case strictTransportSecurity = "strict-transport-security"
    case userAgent = "user-agent"
    case vary
    case xContentTypeOptions = "x-content-type-options"
    case xRateLimitLimit = "x-ratelimit-limit"
    case xRateLimitRemaining = "x-ratelimit-remaining"
    case xRateLimitReset = "x-ratelimit-reset"
    case xRateLimitLeft = "x-rate-limit-remaining"

    /// The place in `allCases`: an enum without payloads is its tag, one byte, counted in the order
    /// of declaration.
    var ordinal: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}
