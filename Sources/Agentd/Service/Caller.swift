internal import GRPC

/// Whose call it is, as the gateway says.
struct Caller: Sendable {
    /// Of the API key; empty for a caller that did not come through the gateway.
    let keyID: String
    let role: String
    let tier: String
    /// Joins the gateway's record of the request with ours.
    let requestID: String
    /// Sees that what is started for the call is recorded.
    var witness: AuditWitness?

    init(_ metadata: Metadata) {
        keyID = metadata["x-authenticated-key-id"] ?? ""
        role = metadata["x-authenticated-role"] ?? ""
        tier = metadata["x-rate-limit-tier"] ?? ""
        requestID = metadata["x-request-id"] ?? ""
    }
}
