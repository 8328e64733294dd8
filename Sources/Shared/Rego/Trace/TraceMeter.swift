/// Counts what is evaluated, and measures how long it takes until something else is.
struct TraceMeter {
    /// Of one node.
    struct Reading {
        var evaluations = 0
        var redos = 0
        /// Solutions of a rule.
        var exits = 0
        var nanoseconds: Int64 = 0
    }

    private(set) var readings: [Reading]
    private let measuresTime: Bool
    private let clock = ContinuousClock()
    private var current: (node: Int, since: ContinuousClock.Instant)?

    init(nodeCount: Int, measuresTime: Bool) {
        readings = Array(repeating: Reading(), count: nodeCount)
        self.measuresTime = measuresTime
    }

    mutating func begin() { current = nil }

    /// The evaluation is over: time runs for nobody.
    mutating func end() { turn(to: nil) }

    mutating func evaluate(_ node: Int32) {
        readings[Int(node)].evaluations += 1
        turn(to: Int(node))
    }

    mutating func redo(_ node: Int32) {
        readings[Int(node)].redos += 1
        turn(to: Int(node))
    }

    mutating func exit(_ node: Int32) { readings[Int(node)].exits += 1 }

    private mutating func turn(to node: Int?) {
        guard measuresTime else { return }
        let now = clock.now
        if let current {
            let (seconds, attoseconds) = (now - current.since).components
            readings[current.node].nanoseconds +=
                seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        }
        current = node.map { ($0, now) }
    }
}
