internal import Identity

/// What a sandbox's requests to the egress say of who makes them. The daemon adds it on their way;
/// no process of a sandbox ever has it.
struct SandboxProof: Sendable {
    /// Long enough for a call to be accepted after a wait, short enough to be of no use to whoever
    /// finds one.
    static let lifetimeSeconds: Int64 = 600

    let id: String
    let tier: String?
    /// Nil: the egress believes the id.
    private let key: SandboxTokenKey?
    private var lines: [UInt8] = []
    /// When the token in `lines` was made, and when it is made anew.
    private var validFrom: Int64 = 0
    private var renewsAt: Int64 = 0

    init(_ id: String, tier: String?, key: SandboxTokenKey?) {
        self.id = id
        self.tier = tier
        self.key = key
    }

    /// Field lines, each with its CRLF. The token in them is good for half of its life at least.
    mutating func fieldLines(nowSeconds: Int64) -> [UInt8] {
        if nowSeconds < validFrom || nowSeconds >= renewsAt { renew(nowSeconds) }
        return lines
    }

    private mutating func renew(_ now: Int64) {
        validFrom = now
        renewsAt = now + Self.lifetimeSeconds / 2
        var text = "X-Sandbox-ID: \(id)\r\n"
        if let key,
            let token = SandboxToken.mint(
                id, tier: tier, expiresAtSeconds: now + Self.lifetimeSeconds, key: key)
        {
            text += "X-Sandbox-Token: \(token)\r\n"
        }
        lines = Array(text.utf8)
    }
}
