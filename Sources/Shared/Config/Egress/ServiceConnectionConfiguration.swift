/// How connections to an external service are made: what its data in the bundle, which says where
/// and for whom, leaves to the machine.
public struct ServiceConnectionConfiguration: Sendable, Equatable {
    public var connectTimeout: Duration
    /// The most unused connections that one worker keeps open.
    public var idleConnections: Int
    /// The most connections that one worker has; past that requests are refused with 503.
    public var connections: Int

    /// - Parameter common: what holds unless the section says otherwise; nil: the presets.
    init(_ section: Section, common: ServiceConnectionConfiguration?) {
        connectTimeout = section.read(
            "connect_timeout", .duration(.milliseconds(1)...(.seconds(300))),
            default: common?.connectTimeout ?? .seconds(5))
        idleConnections = section.read(
            "idle_connections", .integer(0...100_000), default: common?.idleConnections ?? 64)
        connections = section.read(
            "connections", .integer(1...100_000), default: common?.connections ?? 1024)
        section.finish()
    }
}
