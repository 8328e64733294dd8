internal import Identity
internal import Policy
internal import Proxy

/// Everything that a bundle brings: the policy, and the keys and limits of its data. Immutable, and
/// exchanged as a whole.
final class GatewaySnapshot: Sendable {
    let decision: DecisionPoint
    let data: GatewayData
    let limiter: KeyLimiter
    let revision: String

    /// - Parameter previous: the buckets of keys that stay go on with what they have left.
    init(
        decision: DecisionPoint, data: GatewayData, revision: String,
        previous: GatewaySnapshot?
    ) {
        self.decision = decision
        self.data = data
        self.revision = revision
        limiter = KeyLimiter(
            keys: data.keys, tiers: data.tiers, carrying: previous?.limiter)
    }

    /// What policy is told about who asks. The bytes live as long as this snapshot.
    func caller(_ principal: Principal) -> PolicyQuestion.Caller? {
        guard case .key(let key) = principal else { return nil }
        func bytes(_ span: Span<UInt8>) -> UnsafeRawBufferPointer {
            span.withUnsafeBytes { $0 }
        }
        return PolicyQuestion.Caller(
            keyID: bytes(data.keys.id(of: key)), role: bytes(data.keys.role(of: key)),
            tier: bytes(data.tiers.name(of: data.keys.tier(of: key))))
    }
}
