public import Telemetry

/// Which role a process plays, and with what.
public struct RoleIdentity: Sendable {
    /// Its section of the configuration, and its word for `--role`.
    public let name: StaticString
    public let version: String
    public let workers: Int
    public let log: Log

    public init(_ name: StaticString, version: String, workers: Int, log: Log) {
        self.name = name
        self.version = version
        self.workers = workers
        self.log = log
    }
}
