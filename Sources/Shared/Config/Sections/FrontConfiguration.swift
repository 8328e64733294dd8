/// What every role that asks policy is told alike: where it listens, what clients may use up, and
/// where its policy and its records are.
public struct FrontConfiguration: Sendable, Equatable {
    /// The clients' listener.
    public var listen: Endpoint
    /// Nil: clients' connections are not secured.
    public var tls: ListenerTLSConfiguration?
    public var admin: Endpoint
    /// Nil: one worker for each core.
    public var workers: Int?
    public var limits: LimitsConfiguration
    public var policy: PolicyConfiguration
    public var accessLog: AccessLogConfiguration

    /// What differs from role to role where the file says nothing.
    struct Presets {
        let listen: Endpoint
        let admin: Endpoint
        /// Of a request's body, what policy gets to see.
        let policyBodyBytes: Int
    }

    /// Reads its keys of a role's section and leaves the others to the role. Nil when something
    /// without which nothing can be built is missing; the fault is recorded.
    init?(_ section: Section, _ presets: Presets) {
        listen = section.read("listen", .listenerOrSocket, default: presets.listen)
        admin = section.read("admin", .listener, default: presets.admin)
        tls = section.has("tls") ? ListenerTLSConfiguration(section.section("tls")) : nil
        workers = section.read("workers", .integerOrAuto(1...1024), default: nil)
        limits = LimitsConfiguration(
            section.section("limits"), policyBodyDefault: presets.policyBodyBytes)
        accessLog = AccessLogConfiguration(section.section("access_log"))
        let policy = PolicyConfiguration(section.section("policy"))
        if listen == admin, listen.port != 0 {
            section.fault(
                section.markOf("admin"),
                "\(section.path).admin is the same address as listen; accepted: another one")
        }
        guard let policy else { return nil }
        self.policy = policy
    }
}
