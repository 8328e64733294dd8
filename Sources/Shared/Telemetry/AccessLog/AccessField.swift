/// A member of access records. `timestamp` is always there and always first.
public struct AccessField: Sendable {
    /// The JSON member up to its value, after another member.
    let member: StaticString
    /// How many bytes of a client's text are kept.
    let textBytesMax: Int

    private init(_ member: StaticString, textBytesMax: Int = 256) {
        self.member = member
        self.textBytesMax = textBytesMax
    }

    public static var client: AccessField { AccessField(",\"client\":") }
    public static var method: AccessField { AccessField(",\"method\":") }
    public static var path: AccessField { AccessField(",\"path\":", textBytesMax: 2048) }
    public static var status: AccessField { AccessField(",\"status\":") }
    public static var durationMilliseconds: AccessField { AccessField(",\"duration_ms\":") }
    public static var requestID: AccessField { AccessField(",\"request_id\":") }
    public static var userAgent: AccessField { AccessField(",\"user_agent\":") }
    public static var authStatus: AccessField { AccessField(",\"auth_status\":") }
    public static var keyID: AccessField { AccessField(",\"key_id\":") }
    public static var tier: AccessField { AccessField(",\"tier\":") }
    public static var bytesSent: AccessField { AccessField(",\"bytes_sent\":") }
    public static var bytesReceived: AccessField { AccessField(",\"bytes_received\":") }
    public static var upstreamHost: AccessField { AccessField(",\"upstream_host\":") }
    public static var upstreamMilliseconds: AccessField { AccessField(",\"upstream_ms\":") }
    public static var policyMilliseconds: AccessField { AccessField(",\"policy_ms\":") }
    public static var decisionID: AccessField { AccessField(",\"decision_id\":") }
    public static var traceID: AccessField { AccessField(",\"trace_id\":") }
    public static var protocolName: AccessField { AccessField(",\"protocol\":") }
    public static var route: AccessField { AccessField(",\"route\":") }
    public static var reason: AccessField { AccessField(",\"reason\":") }
    public static var sandboxID: AccessField { AccessField(",\"sandbox_id\":") }
    public static var destination: AccessField { AccessField(",\"destination\":") }
    public static var authzStatus: AccessField { AccessField(",\"authz_status\":") }
}
