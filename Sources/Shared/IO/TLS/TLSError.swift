internal import COpenSSL
internal import Glibc

/// Why certificates, keys or settings cannot be used for TLS.
public struct TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or the setting.
    public let subject: String
    public let reason: String

    public init(_ subject: String, _ reason: String) {
        self.subject = subject
        self.reason = reason
    }

    public var description: String { "\(subject): \(reason)" }

    /// What OpenSSL complained about last on this thread; its complaints are forgotten after this.
    static func last(_ subject: String) -> TLSError {
        // The first entry is the cause, the later ones say what it prevented.
        let code = ERR_peek_error()
        ERR_clear_error()
        return TLSError(subject, text(of: code))
    }

    /// What an entry of OpenSSL's error queue means.
    static func text(of code: UInt) -> String {
        let systemFlag = UInt(1) << 31
        if code & systemFlag != 0 {
            return SystemError(CInt(truncatingIfNeeded: code & ~systemFlag)).description
        }
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? "unknown error"
    }
}
