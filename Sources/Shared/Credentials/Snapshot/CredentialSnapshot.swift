/// What every credential is at one moment. Immutable, and exchanged as a whole.
public final class CredentialSnapshot: Sendable {
    /// Grows with every change.
    public let generation: UInt64
    private let plans: [CredentialPlan]
    private let states: [Result<CredentialMaterial, CredentialFault>]

    init(
        generation: UInt64, plans: [CredentialPlan],
        states: [Result<CredentialMaterial, CredentialFault>]
    ) {
        self.generation = generation
        self.plans = plans
        self.states = states
    }

    public var count: Int { plans.count }

    /// The place of a credential, which stays the same in all snapshots of a store. For the control
    /// thread: a worker has looked names up before.
    public func index(of name: String) -> Int? {
        plans.firstIndex { $0.definition.name == name }
    }

    public func name(of index: Int) -> String { plans[index].definition.name }

    /// The credential, if it may be sent at this moment.
    /// - Parameter now: monotonic nanoseconds.
    public func credential(_ index: Int, now: UInt64) -> CredentialState {
        guard states.indices.contains(index) else { return .unavailable(.misconfigured) }
        switch states[index] {
        case .failure(let fault): return .unavailable(fault)
        case .success(let material):
            guard now < material.expires else { return .unavailable(.expired) }
            return .ready(ReadyCredential(material, plans[index]))
        }
    }
}

/// Whether a credential can be sent.
public enum CredentialState {
    case ready(ReadyCredential)
    case unavailable(CredentialFault)
}
