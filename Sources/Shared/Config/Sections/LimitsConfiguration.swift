/// What a client may use up.
public struct LimitsConfiguration: Sendable, Equatable {
    /// The most bytes of a request's header block, names, values and separators.
    public var headerBytes: Int
    /// The most header fields of a request.
    public var headers: Int
    /// The most bytes of a request target.
    public var urlBytes: Int
    /// The most bytes of a body that policy gets to see; 0 for none.
    public var policyBodyBytes: Int
    /// How long a client may take for a request's header block.
    public var headerTimeout: Duration
    /// How long a connection may wait for its next request.
    public var keepaliveIdle: Duration
    /// How long a request's body may stand still.
    public var requestIdle: Duration
    /// The most connections of the process.
    public var connections: Int

    /// - Parameter policyBodyDefault: in bytes; roles differ in what their policies look at.
    init(_ section: Section, policyBodyDefault: Int) {
        let wait = Kind.duration(.milliseconds(1)...(.seconds(86_400)))
        headerBytes = section.read("header_bytes", .bytes(1024...(1 << 20)), default: 60 << 10)
        headers = section.read("headers", .integer(1...10_000), default: 100)
        urlBytes = section.read("url_bytes", .bytes(64...(1 << 20)), default: 8 << 10)
        policyBodyBytes = section.read(
            "policy_body_bytes", .bytes(0...(1 << 20)), default: policyBodyDefault)
        headerTimeout = section.read("header_timeout", wait, default: .seconds(10))
        keepaliveIdle = section.read("keepalive_idle", wait, default: .seconds(75))
        requestIdle = section.read("request_idle", wait, default: .seconds(60))
        connections = section.read("connections", .integer(1...10_000_000), default: 10_000)
        if urlBytes > headerBytes {
            section.fault(
                section.markOf("url_bytes"),
                "\(section.name("url_bytes")) has no effect above header_bytes; accepted: at most "
                    + Units.bytes(headerBytes))
        }
        section.finish()
    }
}
