internal import Config
internal import Credentials
internal import HTTP
internal import Identity
internal import Proxy
internal import Telemetry

/// What all workers of the egress share and nothing changes while it runs.
final class EgressSettings: Sendable {
    let targetBytesMax: Int
    /// Whether clients may use it as their HTTP proxy.
    let isForwardProxy: Bool
    /// Empty: sandboxes are believed who they say they are.
    let tokenKeys: [SandboxTokenKey]
    let limiter: SandboxLimiter
    let credentials: CredentialStore
    let metrics: SluiceMetrics
    /// For faults of services, which the sandbox is not told about.
    let log: Log
    /// Fields of sandboxes that policy does not get.
    let hiddenFields = FieldFilter(names: SandboxFields.own, prefixes: SandboxFields.prefixes)

    init(
        _ configuration: EgressConfiguration, _ credentials: CredentialStore,
        metrics: SluiceMetrics, _ log: Log
    ) throws(RoleError) {
        self.log = log
        self.credentials = credentials
        targetBytesMax = configuration.front.limits.urlBytes
        isForwardProxy = configuration.isForwardProxy
        var system = SystemRandomNumberGenerator()
        guard let limiter = SandboxLimiter(seed: (system.next(), system.next())) else {
            throw RoleError("egress: no table for rate limits")
        }
        self.limiter = limiter
        self.metrics = metrics
        var keys: [SandboxTokenKey] = []
        if case .token(let secrets) = configuration.identity {
            for secret in secrets {
                guard let key = SandboxTokenKey(Array(secret.utf8).span) else {
                    throw RoleError("egress.identity.token_keys: a key is too short")
                }
                keys.append(key)
            }
        }
        tokenKeys = keys
    }
}
