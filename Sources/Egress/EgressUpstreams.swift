internal import Policy
internal import Proxy
internal import Transport

/// A worker's upstreams of the services in force, which change with the bundle: a service that
/// stays where it was keeps its connections.
struct EgressUpstreams {
    private struct Place: Hashable {
        let name: String
        let origin: ServiceOrigin
        let allowsTunnels: Bool
    }

    /// The worker's numbers of what leads to one service.
    struct Numbers {
        let requests: Int
        /// Where bytes pass as they are; nil when the service allows no CONNECT.
        let tunnels: Int?
    }

    // The worker owns its handlers and outlives them.
    private unowned let worker: Worker
    private var generation: UInt64 = 0
    private var known: [Place: Numbers] = [:]
    /// In the order of the services.
    private var numbers: [Numbers] = []

    init(_ worker: Worker) { self.worker = worker }

    subscript(service: Int) -> Numbers { numbers[service] }

    /// Adds what a new snapshot has and nobody knew, and lets go of what it does not have.
    mutating func follow(_ snapshot: EgressSnapshot, _ recorder: inout Recorder) {
        guard snapshot.policy.generation != generation else { return }
        generation = snapshot.policy.generation
        numbers.removeAll(keepingCapacity: true)
        var kept: [Place: Numbers] = [:]
        for route in snapshot.services.routes {
            let place = Place(
                name: route.service.name, origin: route.service.origin,
                allowsTunnels: route.tunnelUpstream != nil)
            let found = known.removeValue(forKey: place) ?? add(route)
            kept[place] = found
            numbers.append(found)
            recorder.count(route.cluster, for: route.upstream, number: found.requests)
            if let tunnels = found.tunnels {
                recorder.count(route.cluster, for: route.upstream, number: tunnels)
            }
        }
        for gone in known.values {
            worker.retireUpstream(gone.requests)
            if let tunnels = gone.tunnels { worker.retireUpstream(tunnels) }
        }
        known = kept
    }

    private func add(_ route: EgressRoute) -> Numbers {
        Numbers(
            requests: worker.addUpstream(route.upstream),
            tunnels: route.tunnelUpstream.map { worker.addUpstream($0) })
    }
}
