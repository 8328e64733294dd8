internal import Files

/// What a source gave.
struct SecretReading {
    let secret: Secret
    /// Seconds until it is of no use any more; nil when nothing says so.
    var lifetimeSeconds: Int64?
    /// What the file looked like; nil for other sources.
    var stamp: FileStamp?
}

/// Why a source gave nothing. `detail` names the place, never a value.
struct SecretFailure: Error {
    let fault: CredentialFault
    let detail: String
}
