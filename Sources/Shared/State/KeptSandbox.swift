/// A sandbox as it is kept: what it is made of, and whose it is.
public struct KeptSandbox: Sendable, Equatable {
    public var id: String
    /// The id of the key that it belongs to.
    public var owner: String
    /// What it was asked to be, encoded.
    public var specification: [UInt8]
    /// Active, Detached or Suspended.
    public var state: String
    /// Nanoseconds since 1970, as are all times here.
    public var created: UInt64
    /// Since when it is in its state.
    public var since: UInt64

    public init(
        id: String, owner: String, specification: [UInt8], state: String, created: UInt64,
        since: UInt64
    ) {
        self.id = id
        self.owner = owner
        self.specification = specification
        self.state = state
        self.created = created
        self.since = since
    }
}
