public import Transport

/// Why a request goes no further: the one closed list. What the client is told, what is logged and
/// what is counted all follow from it.
public enum Refusal: Error, Equatable, Sendable {
    /// The process takes no more requests of any kind right now.
    case overloaded(retryAfterSeconds: UInt64)
    /// Readers could disagree about which resource the target names.
    case targetAmbiguous
    case routeNotFound
    case methodNotAllowed
    case credentialMissing
    /// More than one credential, or one that is empty.
    case credentialAmbiguous
    /// Unknown, disabled, expired or not yet valid: the client is not told which.
    case credentialInvalid
    /// Too many requests without a valid key from one address.
    case addressLimited(retryAfterSeconds: UInt64)
    /// The key's own limit; its fields, `Retry-After` among them, are in the record's lines.
    case keyLimited
    /// A sandbox's limit for a service; its fields are in the record's lines.
    case sandboxLimited
    /// Nothing says which sandbox calls.
    case sandboxMissing
    /// What says which sandbox calls is no proof of it: the client is not told why.
    case sandboxInvalid
    /// Nothing valid says which sandbox calls, to a client that takes us for its proxy.
    case proxyAuthenticationRequired
    /// No external service has the name that `Host` says.
    case serviceUnknown
    /// The service's credential is missing, empty or out of date: nothing goes out without it.
    case credentialUnavailable
    /// The credential signs content, and there is too much of it.
    case contentTooLargeToSign
    /// The request cannot be put in the form that the credential signs.
    case requestNotSignable
    /// Policy said no, with the status it asked for.
    case denied(status: Int)
    /// Policy could not be evaluated, or its answer was no decision.
    case policyFailed
    case transport(TransportFault)

    public var status: Int {
        switch self {
        case .overloaded, .addressLimited, .keyLimited, .sandboxLimited: 429
        case .targetAmbiguous, .requestNotSignable: 400
        case .routeNotFound, .serviceUnknown: 404
        case .methodNotAllowed: 405
        case .credentialMissing, .credentialAmbiguous, .credentialInvalid, .sandboxMissing,
            .sandboxInvalid:
            401
        case .proxyAuthenticationRequired: 407
        case .denied(let status): status
        case .contentTooLargeToSign: 413
        case .policyFailed, .credentialUnavailable: 503
        case .transport(let fault): fault.status
        }
    }

    /// The word that programs look for: stable, in `code` and the access log's `reason`.
    public var code: StaticString {
        switch self {
        case .overloaded: "overloaded"
        case .targetAmbiguous: "target_ambiguous"
        case .routeNotFound: "route_not_found"
        case .methodNotAllowed: "method_not_allowed"
        case .credentialMissing: "missing_api_key"
        case .credentialAmbiguous: "ambiguous_api_key"
        case .credentialInvalid: "invalid_api_key"
        case .addressLimited: "anonymous_rate_limited"
        case .keyLimited, .sandboxLimited: "rate_limited"
        case .sandboxMissing: "missing_sandbox_identity"
        case .sandboxInvalid: "invalid_sandbox_identity"
        case .proxyAuthenticationRequired: "proxy_authentication_required"
        case .serviceUnknown: "unknown_service"
        case .credentialUnavailable: "credential_unavailable"
        case .contentTooLargeToSign: "content_too_large_to_sign"
        case .requestNotSignable: "request_not_signable"
        case .denied: "policy_denied"
        case .policyFailed: "policy_error"
        case .transport(let fault): fault.code
        }
    }

    /// A sentence that says what to do about it.
    public var detail: StaticString {
        switch self {
        case .overloaded: "The server takes no more requests right now; try again later."
        case .targetAmbiguous:
            "The path can be read in more than one way; send it in its normal form (RFC 3986)."
        case .routeNotFound: "Nothing is served under this path."
        case .methodNotAllowed: "This path does not take this method; see Allow."
        case .credentialMissing: "Send an API key in X-API-Key."
        case .credentialAmbiguous: "Send exactly one API key, once."
        case .credentialInvalid: "The API key is not valid."
        case .addressLimited:
            "Too many requests without a valid API key; wait for Retry-After seconds."
        case .keyLimited: "The API key's rate limit is used up; wait for Retry-After seconds."
        case .sandboxLimited:
            "The sandbox's rate limit for this service is used up; wait for Retry-After seconds."
        case .sandboxMissing:
            "Send the sandbox's token in X-Sandbox-Token, or its id if that is enough."
        case .sandboxInvalid: "The sandbox's identity is not valid."
        case .proxyAuthenticationRequired:
            "Send the sandbox's id and token in Proxy-Authorization, as user and password."
        case .serviceUnknown: "There is no external service of the name that Host says."
        case .credentialUnavailable:
            "The credential for this service is not available, so nothing was sent to it."
        case .contentTooLargeToSign:
            "The content has to be signed and is too large; send its digest in X-Amz-Content-SHA256."
        case .requestNotSignable:
            "The request cannot be signed: its fields or its query are not in a form for that."
        case .denied: "Policy does not allow this request; see deny_reasons."
        case .policyFailed: "Policy could not decide about this request, so it is not allowed."
        case .transport(let fault): fault.detail
        }
    }

    var retryAfterSeconds: UInt64? {
        switch self {
        case .overloaded(let seconds), .addressLimited(let seconds): seconds
        case .targetAmbiguous, .routeNotFound, .methodNotAllowed, .credentialMissing,
            .credentialAmbiguous, .credentialInvalid, .keyLimited, .sandboxLimited, .sandboxMissing,
            .sandboxInvalid, .proxyAuthenticationRequired, .serviceUnknown, .credentialUnavailable,
            .contentTooLargeToSign, .requestNotSignable, .denied, .policyFailed,
            .transport:
            nil
        }
    }
}

extension TransportFault {
    fileprivate var code: StaticString {
        switch self {
        case .malformedHead: "malformed_request"
        case .malformedContent: "malformed_content"
        case .requestTimeout: "request_timeout"
        case .protocolRefused: "protocol_refused"
        case .clientClosed: "client_closed"
        case .connectFailed: "upstream_connect_failed"
        case .unresolved(.addressRefused): "upstream_address_refused"
        case .unresolved: "upstream_unresolved"
        case .connectTimeout: "upstream_connect_timeout"
        case .tlsFailed: "upstream_tls_failed"
        case .overflow: "upstream_overflow"
        case .upstreamClosed: "upstream_closed"
        case .upstreamTimeout: "upstream_timeout"
        case .malformedResponse: "upstream_malformed"
        case .codedContent: "upstream_compressed"
        case .tunnelIdle: "tunnel_idle"
        case .headTooLarge: "head_too_large"
        case .buffersFull: "buffers_full"
        case .drained: "shutting_down"
        }
    }

    fileprivate var detail: StaticString {
        switch self {
        case .malformedHead: "The request is not well-formed HTTP/1.1 (RFC 9112)."
        case .malformedContent: "The content of the request is not well-formed (RFC 9112)."
        case .requestTimeout: "The request did not arrive in time."
        case .protocolRefused: "WebSocket is not spoken at this path."
        case .clientClosed: "The client closed the connection."
        case .connectFailed: "The service behind this address cannot be reached."
        case .unresolved: "The name of the service leads to no address now; try again later."
        case .connectTimeout: "The service behind this address does not accept connections."
        case .tlsFailed: "The service behind this address could not be reached securely."
        case .overflow: "The service behind this address is busy; try again later."
        case .upstreamClosed: "The service behind this address closed the connection."
        case .upstreamTimeout: "The service behind this address did not answer in time."
        case .malformedResponse: "The service behind this address sent no valid response."
        case .codedContent: "The service compressed its response, which cannot be checked then."
        case .tunnelIdle: "Nothing passed through the tunnel for too long."
        case .headTooLarge: "The message became too large on its way."
        case .buffersFull: "The server holds too much content right now; try again later."
        case .drained: "The server is shutting down; try again."
        }
    }
}
