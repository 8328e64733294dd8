/// A count that grows and shrinks; the value is the sum over all shards.
public struct Gauge: Sendable {
    let cell: Int
}
