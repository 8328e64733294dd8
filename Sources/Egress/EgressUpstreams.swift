internal import Policy
internal import Proxy
internal import Transport

/// A worker's upstreams of the services in force, which change with the bundle: a service that
/// stays where it was keeps its connections.
struct EgressUpstreams {
    private struct Place: Hashable {
        let name: String
        let origin: ServiceOrigin
    }

    // The worker owns its handlers and outlives them.
    private unowned let worker: Worker
    private var generation: UInt64 = 0
    private var known: [Place: Int] = [:]
    /// The worker's numbers, in the order of the services.
    private(set) var numbers: [Int] = []

    init(_ worker: Worker) { self.worker = worker }

    /// Adds what a new snapshot has and nobody knew.
    mutating func follow(_ snapshot: EgressSnapshot, _ recorder: inout Recorder) {
        guard snapshot.policy.generation != generation else { return }
        generation = snapshot.policy.generation
        numbers.removeAll(keepingCapacity: true)
        for route in snapshot.services.routes {
            let place = Place(name: route.service.name, origin: route.service.origin)
            let number = known[place] ?? worker.addUpstream(route.upstream)
            known[place] = number
            numbers.append(number)
            if let cluster = route.cluster { recorder.count(cluster, forUpstream: number) }
        }
    }
}
