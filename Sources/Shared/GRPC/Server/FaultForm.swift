public import Transport

/// How a failed call is told to clients of JSON.
enum FaultForm {
    /// As a google.rpc.Status.
    case status
    case other(FaultWriter)
}

/// Makes a reply the answer to a call that failed.
public typealias FaultWriter = @Sendable (Status, Reply) -> Void
