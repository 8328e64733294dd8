/// What a round of refreshing goes by.
struct RefreshContext {
    let now: CredentialTime
    let environment: SecretEnvironment
    let server: TokenServer
    let commandTimeoutMilliseconds: Int
    /// Whether programs are run and servers asked in this round: both take time.
    let mayWait: Bool
    /// 0 to 1.
    let jitter: Double
}
