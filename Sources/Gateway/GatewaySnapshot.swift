internal import Identity
internal import Policy
internal import Proxy

/// Everything that a bundle brings: the policy, and the keys and limits of its data. Immutable, and
/// exchanged as a whole.
final class GatewaySnapshot: RoleSnapshot {
    let policy: PolicySnapshot
    let decision: DecisionPoint
    let limiter: KeyLimiter

    /// - Parameter previous: keys that stay go on with the buckets they have.
    init(_ policy: PolicySnapshot, previous: GatewaySnapshot?) {
        self.policy = policy
        decision = DecisionPoint(policy)
        limiter = KeyLimiter(
            keys: policy.gateway.keys, tiers: policy.gateway.tiers,
            carrying: previous?.limiter)
    }

    var keys: KeyIndex { policy.gateway.keys }
    var tiers: RateLimitTiers { policy.gateway.tiers }

    /// What policy is told about who asks. The bytes live as long as this snapshot.
    func caller(_ principal: Principal) -> PolicyQuestion.Caller {
        guard case .key(let key) = principal else { return .nobody }
        func bytes(_ span: Span<UInt8>) -> UnsafeRawBufferPointer {
            span.withUnsafeBytes { $0 }
        }
        return .key(
            id: bytes(keys.id(of: key)), role: bytes(keys.role(of: key)),
            tier: bytes(tiers.name(of: keys.tier(of: key))))
    }
}
