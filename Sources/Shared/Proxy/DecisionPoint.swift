public import Policy
internal import Rego

/// A policy that is ready to be asked: linked to its data, with the decision's place in it found,
/// and what of the input can matter to it. Immutable; all workers share it.
public final class DecisionPoint: Sendable {
    let snapshot: Snapshot
    let entry: EntryPoint
    let needs: PolicyInputNeeds
    /// Whether a `DecisionKey` holds all that the policy can read of a request.
    let isKeyed: Bool
    let shapes: PolicyInputShapes
    let names: PolicyVerdict.Names

    public init(_ policy: PolicySnapshot) {
        snapshot = policy.rego
        entry = policy.entryPoint
        needs = PolicyInputNeeds(snapshot.program.inputUsage)
        isKeyed = DecisionKey.isComplete(for: needs)
        shapes = PolicyInputShapes(snapshot, needs)
        names = PolicyVerdict.Names(snapshot)
    }
}
