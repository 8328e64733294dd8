/// A token as a server gave it.
struct MintedToken {
    let secret: Secret
    /// Seconds until it ends, as far as the server said.
    let lifetimeSeconds: Int64?
}
