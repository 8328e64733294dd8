public import Rego

/// A policy that is ready to be asked: linked to its data, with the decision's place in it found,
/// and what of the input can matter to it. Immutable; all workers share it.
public final class DecisionPoint: Sendable {
    let snapshot: Snapshot
    let entry: EntryPoint
    let needs: PolicyInputNeeds
    let keys: PolicyInputKeys

    /// Nil when the program was not made for that entry point.
    ///
    /// - Parameter entryPoint: such as `data.agentd.authz`.
    public init?(_ snapshot: Snapshot, entryPoint: String) {
        guard let entry = snapshot.program.entryPoint(entryPoint) else { return nil }
        self.snapshot = snapshot
        self.entry = entry
        let usage = snapshot.program.inputUsage
        needs = PolicyInputNeeds(usage)
        keys = PolicyInputKeys(snapshot, readsEverything: usage.readsEverything)
    }
}
