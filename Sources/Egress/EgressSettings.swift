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
    let identity: Identity
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
        identity = try Identity(configuration.identity)
    }

    /// How sandboxes are told apart.
    enum Identity: Sendable {
        /// `believesOthers`: who presents no token is believed what it says, for development.
        case tokens([SandboxTokenKey], believesOthers: Bool)
        /// By the rest of a URI that begins with this.
        case certificates([UInt8])
        /// By the number of the socket.
        case sockets([SandboxSocket])
        /// They are believed who they say they are.
        case header

        init(_ configuration: SandboxIdentityConfiguration) throws(RoleError) {
            switch configuration {
            case .token(let secrets, let believesOthers):
                let keys = try secrets.map { secret throws(RoleError) in
                    guard let key = SandboxTokenKey(Array(secret.utf8).span) else {
                        throw RoleError("egress.identity.token_keys: a key is too short")
                    }
                    return key
                }
                self = .tokens(keys, believesOthers: believesOthers)
            case .certificate(let prefix): self = .certificates(Array(prefix.utf8))
            case .sockets(let sockets): self = .sockets(sockets.map(SandboxSocket.init))
            case .header: self = .header
            }
        }
    }
}
