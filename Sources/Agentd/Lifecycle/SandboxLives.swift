/// Sandboxes that are no processes: those of an earlier daemon, and those that have ended.
struct SandboxLives: Sendable {
    /// By their ids.
    var dormant: [String: DormantSandbox] = [:]
    /// The last ones, for whoever asks what became of them.
    var ended: [SandboxStatus] = []

    static let endedMax = 1000
}

/// Why a sandbox has ended.
enum SandboxEnd: String, Sendable {
    /// A client, or the end of the execution that it was made for.
    case terminated
    /// Nobody used it for too long.
    case expired
    /// By itself: its first process is gone.
    case ended
}
