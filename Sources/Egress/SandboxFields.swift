internal import HTTP

/// What a sandbox must not say to an external service, or hear from it: identity, credentials,
/// context, and where the request came from.
enum SandboxFields {
    static let own: FieldNameSet = [
        .xAPIKey, .authorization, .cookie, .via, .forwarded, .xForwardedFor, .xForwardedHost,
        .xForwardedProto, .xForwardedPort, .xForwardedClientCert, .xRealIP, .xOriginalURL,
        .xRewriteURL, .xHTTPMethod, .xHTTPMethodOverride, .xMethodOverride,
        .xAuthenticatedKeyID, .xAuthenticatedRole, .xRateLimitTier,
    ]

    static let prefixes = [
        "x-sandbox-", "x-authz-", "x-forwarded-", "x-envoy-", "x-agentd-", "proxy-",
    ]

    /// What frames a message or ends at this hop: Transport writes it, and neither data nor a
    /// credential can.
    private static let framing = FieldFilter(names: [.expect])

    /// Whether a service's data or a credential may set the field.
    static func canBeSet(_ name: String) -> Bool {
        Array(name.utf8).withUnsafeBytes { !framing.drops(name: $0) }
    }
}
