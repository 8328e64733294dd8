/// An execution that runs, because of which its sandbox may call the world.
struct AuditCause: Sendable, Equatable {
    let executionID: String
    /// Of the client's request; empty for one that did not come through the gateway.
    let requestID: String
}
