internal import IO
internal import Telemetry
internal import Transport

/// One worker's relays: a listener for each of the sandboxes that it serves.
final class RelayOffice {
    // The worker owns its handlers, and one of them this.
    private unowned let worker: Worker
    private let mailbox: RelayMailbox
    private let upstream: Int
    private let metrics: DownstreamMetrics
    private let shard: MetricShard
    private let auditor: Auditor
    private let log: Log
    /// The worker's numbers of the listeners, by the sandboxes' ids.
    private var listeners: [String: [Int]] = [:]

    init(
        _ link: EgressLink, on worker: Worker, _ metrics: DownstreamMetrics, _ shard: MetricShard,
        _ auditor: Auditor, _ log: Log
    ) {
        self.auditor = auditor
        self.worker = worker
        self.metrics = metrics
        self.shard = shard
        self.log = log
        upstream = worker.addUpstream(link.upstream)
        mailbox = link.mailbox(of: worker)
    }

    /// The worker was woken: does what was asked for.
    func woken() {
        for order in mailbox.take() {
            do throws(SystemError) {
                try carryOut(order)
            } catch {
                log.error(
                    "a sandbox is not connected to the egress",
                    ["reason": .text(error.description)])
            }
        }
    }

    private func carryOut(_ order: RelayMailbox.Order) throws(SystemError) {
        switch order {
        case .open(let plan):
            for door in plan.doors {
                let relay = SandboxRelay(
                    plan, upstream: upstream, metrics, shard, auditor, log)
                let listener = try worker.addListener(
                    Descriptor(adopting: door.socket), options: door.options, handler: relay)
                listeners[plan.proof.id, default: []].append(listener)
            }
        case .close(let sandbox):
            for listener in listeners.removeValue(forKey: sandbox) ?? [] {
                worker.removeListener(listener)
            }
        }
    }
}
