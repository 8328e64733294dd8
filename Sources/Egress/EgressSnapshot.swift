internal import Identity
internal import Policy
internal import Proxy

/// Everything that a bundle brings: the policy, and the services and tiers of its data. Immutable,
/// and exchanged as a whole.
final class EgressSnapshot: RoleSnapshot {
    let policy: PolicySnapshot
    let decision: DecisionPoint
    let services: ServiceTable
    /// The tiers' names, in the order of the data.
    private let tierNames: [[UInt8]]
    private let defaultTier: Int?

    /// - Parameter services: those of the policy's data, in its order.
    init(_ policy: PolicySnapshot, services: ServiceTable) {
        self.policy = policy
        self.services = services
        decision = DecisionPoint(policy)
        tierNames = policy.egress.tiers.map { Array($0.utf8) }
        defaultTier = policy.egress.tiers.firstIndex(of: EgressData.defaultTier)
    }

    var limits: RateLimitTiers { policy.egress.limits }

    /// The tier that policy chose, or else the registry's, or else its token's. A tier that is not
    /// in the data is none.
    func tier(_ chosen: UnsafeRawBufferPointer, of sandbox: Sandbox) -> Int? {
        position(of: chosen) ?? policy.egress.sandboxes.tier(of: sandbox.digest)
            ?? position(of: sandbox.tier) ?? defaultTier
    }

    private func position(of tier: UnsafeRawBufferPointer) -> Int? {
        for index in tierNames.indices where tier.elementsEqual(tierNames[index]) {
            return index
        }
        return nil
    }

    func name(ofTier tier: Int) -> [UInt8] { tierNames[tier] }
}
