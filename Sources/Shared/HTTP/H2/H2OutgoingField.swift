/// One field of a head on its way out, as it lies in the head's text.
struct H2OutgoingField {
    enum Kind: UInt8 {
        case regular
        /// Pseudo-header fields (RFC 9113 §8.3).
        case method, schemeHTTP, schemeHTTPS, path, authority, status
    }

    var kind = Kind.regular
    var name = FieldName.other
    var nameRange = ByteRange.empty
    var valueRange = ByteRange.empty

    /// What the peer's table is to have of it.
    var indexing: HPACKEncoder.Indexing {
        if Self.secrets.contains(name) { return .never }
        return Self.unique.contains(name) ? .name : .field
    }

    private static let secrets: FieldNameSet = [
        .authorization, .proxyAuthorization, .xAPIKey, .xSandboxToken, .cookie, .setCookie,
    ]

    private static let unique: FieldNameSet = [
        .xRequestID, .traceparent, .tracestate, .idempotencyKey, .grpcTimeout, .grpcMessage,
        .grpcStatusDetails, .rateLimit, .xRateLimitLeft, .xRateLimitRemaining, .xRateLimitReset,
        .retryAfter, .contentLength, .contentRange, .range, .age, .etag, .ifMatch, .ifNoneMatch,
        .ifModifiedSince, .ifUnmodifiedSince, .lastModified, .location, .secWebSocketKey,
        .secWebSocketAccept,
    ]
}
