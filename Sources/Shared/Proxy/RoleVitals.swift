public import Bytes
internal import IO
public import Policy
internal import Synchronization
public import Telemetry

/// What every role tells about itself: who it is, since when, and whether it takes requests.
public final class RoleVitals: Sendable {
    private let role: String
    private let version: String
    private let isDraining = Atomic<Bool>(false)
    private let wantsReload = Atomic<Bool>(false)
    private let startSeconds = RoleVitals.nowSeconds

    public init(role: String, version: String) {
        self.role = role
        self.version = version
    }

    private static var nowSeconds: Int64 { Int64(Clock.wallNanoseconds / 1_000_000_000) }

    public var isReady: Bool { !isDraining.load(ordering: .acquiring) }

    /// Asks the control thread to read again what can change.
    func requestReload() { wantsReload.store(true, ordering: .releasing) }

    /// Whether somebody has asked for that since the last time.
    func takeReloadRequest() -> Bool {
        wantsReload.exchange(false, ordering: .acquiringAndReleasing)
    }

    /// Says that the role takes no new requests.
    public func drain() { isDraining.store(true, ordering: .releasing) }

    /// Registers the metrics of the process and of its access log.
    public func register(
        in registry: MetricRegistry, _ accessLog: AccessLog?
    ) throws(RoleError) {
        do throws(MetricFault) {
            try accessLog?.register(in: registry)
            try ProcessMetrics.register(
                in: registry, startSeconds: startSeconds,
                wallSeconds: { RoleVitals.nowSeconds },
                isLive: { [weak self] in self?.isReady ?? false })
        } catch {
            throw RoleError("\(role): metrics: \(error)")
        }
    }

    /// Writes the members that `/server_info` has of every role.
    public func describe(_ policy: PolicyStore.Status, to writer: inout JSONWriter) {
        func text(_ name: StaticString, _ value: String) {
            writer.key(name)
            writer.string(value)
        }
        func number(_ name: StaticString, _ value: Int64) {
            writer.key(name)
            writer.integer(value)
        }
        text("version", version)
        text("role", role)
        text("state", isReady ? "LIVE" : "DRAINING")
        text("uptime_current_epoch", "\(Self.nowSeconds - startSeconds)s")
        text("policy_revision", policy.activeRevision)
        number("policy_generation", Int64(policy.generation))
        number("policy_rejections", Int64(policy.rejections))
        if let error = policy.lastError { text("policy_last_error", error) }
    }
}
