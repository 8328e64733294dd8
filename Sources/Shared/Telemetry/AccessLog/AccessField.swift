/// The members of an access record. `timestamp` is always there and always first.
public enum AccessField: CaseIterable, Sendable {
    case client, method, path, status, durationMilliseconds, requestID, userAgent, authStatus
    case keyID, tier, bytesSent, bytesReceived, upstreamHost, upstreamMilliseconds
    case policyMilliseconds, decisionID, traceID, protocolName, route, reason
    case sandboxID, destination, authzStatus

    /// The JSON member up to its value, after another member.
    var member: StaticString {
        switch self {
        case .client: ",\"client\":"
        case .method: ",\"method\":"
        case .path: ",\"path\":"
        case .status: ",\"status\":"
        case .durationMilliseconds: ",\"duration_ms\":"
        case .requestID: ",\"request_id\":"
        case .userAgent: ",\"user_agent\":"
        case .authStatus: ",\"auth_status\":"
        case .keyID: ",\"key_id\":"
        case .tier: ",\"tier\":"
        case .bytesSent: ",\"bytes_sent\":"
        case .bytesReceived: ",\"bytes_received\":"
        case .upstreamHost: ",\"upstream_host\":"
        case .upstreamMilliseconds: ",\"upstream_ms\":"
        case .policyMilliseconds: ",\"policy_ms\":"
        case .decisionID: ",\"decision_id\":"
        case .traceID: ",\"trace_id\":"
        case .protocolName: ",\"protocol\":"
        case .route: ",\"route\":"
        case .reason: ",\"reason\":"
        case .sandboxID: ",\"sandbox_id\":"
        case .destination: ",\"destination\":"
        case .authzStatus: ",\"authz_status\":"
        }
    }

    /// How many bytes of a client's text are kept.
    var textBytesMax: Int {
        switch self {
        case .path: 2048
        default: 256
        }
    }
}
