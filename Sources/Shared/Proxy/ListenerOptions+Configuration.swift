public import Config
internal import HTTP
internal import IO
public import Transport

extension ListenerOptions {
    /// What the configuration allows clients, for one of several workers.
    public init(_ limits: LimitsConfiguration, workers: Int) {
        self.init()
        head = HeadLimits(headBytesMax: limits.headerBytes, targetBytesMax: limits.urlBytes)
        headerTimeoutNanoseconds = limits.headerTimeout.nanoseconds
        keepAliveNanoseconds = limits.keepaliveIdle.nanoseconds
        idleNanoseconds = limits.requestIdle.nanoseconds
        connectionsMax = max(1, limits.connections / max(1, workers))
    }
}
