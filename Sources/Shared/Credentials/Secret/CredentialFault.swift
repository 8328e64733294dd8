/// Why a credential cannot be used. A trivial value: it says neither what nor where, which
/// `CredentialStatus` does.
public enum CredentialFault: String, Error, Sendable, CaseIterable {
    /// Its source was not asked yet, or its server has not answered yet.
    case pending
    /// The environment variable or the member of the file is not there.
    case missing
    case empty
    case unreadable
    case tooLong = "too_long"
    /// Too short to be kept out of answers.
    case tooShort = "too_short"
    /// It has a CR, LF, NUL or another control byte in it.
    case malformed
    /// It is a `${…}` that nobody replaced.
    case placeholder
    case commandFailed = "command_failed"
    case commandTimeout = "command_timeout"
    /// A key that no signature can be made with.
    case badKey = "bad_key"
    /// The token server could not be reached or did not answer as it should.
    case serverFailed = "server_failed"
    /// The token server said no.
    case serverRefused = "server_refused"
    /// Its time is over and there is no new one.
    case expired
    /// The configuration of the credential cannot work.
    case misconfigured
    case outOfMemory = "out_of_memory"
}

extension CredentialFault: CustomStringConvertible {
    public var description: String { rawValue }
}
