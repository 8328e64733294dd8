/// What is known of an execution with an idempotency key.
public enum KeptExecution: Sendable, Equatable {
    /// Nobody asked for it before: whoever asked now runs it.
    case new
    /// Its first result, encoded, and the digest of the request that it is the result of; nil where
    /// a daemon has stored it that kept none.
    case done(result: [UInt8], digest: [UInt8]?)
    /// An earlier daemon began it and was ended before it had a result.
    case lost(digest: [UInt8]?)
}
