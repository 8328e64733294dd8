/// A count that only grows: one cell in every shard.
public struct Counter: Sendable {
    let cell: Int
}

/// A count that grows and shrinks; the value is the sum over all shards.
public struct Gauge: Sendable {
    let cell: Int
}

/// A distribution: in every shard, pairs of upper bound and count, then the count above the last
/// bound, then the sum.
public struct Histogram: Sendable {
    let cell: Int
    let boundCount: Int

    static func cellCount(boundCount: Int) -> Int { boundCount * 2 + 2 }

    var overflowCell: Int { cell &+ boundCount &* 2 }
    var sumCell: Int { overflowCell &+ 1 }
}
