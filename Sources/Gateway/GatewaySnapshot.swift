internal import Identity
internal import Policy
internal import Proxy

/// Everything that a bundle brings: the policy, and the keys and limits of its data. Immutable, and
/// exchanged as a whole.
final class GatewaySnapshot: RoleSnapshot {
    let policy: PolicySnapshot
    let decision: DecisionPoint
    let limiter: KeyLimiter
    let keys: KeyIndex
    let tiers: RateLimitTiers

    /// - Parameter previous: keys that stay go on with the buckets they have.
    init(_ policy: PolicySnapshot, previous: GatewaySnapshot?) {
        self.policy = policy
        decision = DecisionPoint(policy)
        keys = policy.gateway.keys
        tiers = policy.gateway.tiers
        limiter = KeyLimiter(
            keys: policy.gateway.keys, tiers: policy.gateway.tiers,
            carrying: previous?.limiter)
    }

    /// What policy is told about who asks. The bytes live as long as this snapshot.
    func caller(_ principal: Principal) -> PolicyQuestion.Caller {
        guard case .key(let key) = principal else { return .nobody }
        return Self.caller(key, keys, tiers)
    }

    private static func caller(
        _ key: KeyHandle, _ keys: KeyIndex, _ tiers: RateLimitTiers
    ) -> PolicyQuestion.Caller {
        func bytes(_ span: Span<UInt8>) -> UnsafeRawBufferPointer {
            span.withUnsafeBytes { $0 }
        }
        return .key(
            id: bytes(keys.id(of: key)), role: bytes(keys.role(of: key)),
            tier: bytes(tiers.name(of: keys.tier(of: key))))
    }
}
