/// A count that only grows: one cell in every shard.
public struct Counter: Sendable {
    let cell: Int
}
