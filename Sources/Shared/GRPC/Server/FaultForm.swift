public import Transport

/// How a failed call is told to clients of JSON.
enum FaultForm {
    /// As a google.rpc.Status.
    case status
    case other(FaultWriter)
}

/// Makes a reply the answer to a request that could not be served: HTTP's status, a word for
/// programs, and a sentence.
public typealias FaultWriter = @Sendable (Int, String, String, Reply) -> Void
