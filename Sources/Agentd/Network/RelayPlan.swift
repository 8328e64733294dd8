internal import Transport

/// What a worker needs to know of a sandbox to relay for it.
struct RelayPlan: Sendable {
    /// Where requests of the sandbox come in.
    struct Door: Sendable {
        /// Listening; the worker closes it.
        let socket: CInt
        let options: ListenerOptions
    }

    let proof: SandboxProof
    /// The id of the API key that the sandbox belongs to.
    let owner: String
    let doors: [Door]
}
