public import IO
public import Telemetry
public import Transport

extension Recorder {
    /// Counts what became of clients' connections.
    public func count(_ event: ConnectionEvent) { downstream.count(event, shard) }
}

extension DownstreamMetrics {
    /// Counts what became of a client's connection.
    public func count(_ event: ConnectionEvent, _ shard: MetricShard) {
        switch event {
        case .accepted: shard.add(connections)
        case .open(let count): shard.set(connectionsActive, to: Int64(count))
        case .speaksHTTP1: shard.add(connectionsHTTP1)
        case .speaksHTTP2: shard.add(connectionsHTTP2)
        case .secured(let handshake):
            shard.add(connectionsTLS)
            tls.count(handshake, shard)
        case .notSecured(.certificate): shard.add(tls.certificateFailures)
        case .notSecured: shard.add(tls.failures)
        case .disturbed(let count): shard.add(glitches, UInt64(max(0, count)))
        case .endedForAbuse: shard.add(connectionsAbusive)
        }
    }
}

extension ListenerTLSMetrics {
    fileprivate func count(_ handshake: TLSHandshake, _ shard: MetricShard) {
        shard.add(handshakes)
        if handshake.isResumed { shard.add(resumed) }
        switch handshake.version {
        case .tls12: shard.add(tls12)
        case .tls13: shard.add(tls13)
        }
        switch handshake.applicationProtocol {
        case .http11: shard.add(http1)
        case .http2: shard.add(http2)
        case nil: shard.add(noProtocol)
        }
    }
}
