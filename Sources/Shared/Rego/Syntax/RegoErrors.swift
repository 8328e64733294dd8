/// The faults of a set of sources, in the order they were found. Never empty when thrown.
public struct RegoErrors: Error, Sendable {
    public var errors: [RegoError]

    init(_ errors: [RegoError]) {
        self.errors = errors
    }
}
