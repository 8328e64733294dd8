/// A distribution: in every shard, pairs of upper bound and count, then the count above the last
/// bound, then the sum.
public struct Histogram: Sendable {
    let cell: Int
    let boundCount: Int

    static func cellCount(boundCount: Int) -> Int { boundCount * 2 + 2 }

    var overflowCell: Int { cell &+ boundCount &* 2 }
    var sumCell: Int { overflowCell &+ 1 }
}
