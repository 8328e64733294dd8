/// How a credential stands, for people: no part of it can be a secret.
public struct CredentialStatus: Sendable, Equatable {
    public let name: String
    /// Nil while it can be used.
    public let fault: CredentialFault?
    /// Where it comes from, or what about that failed last.
    public let detail: String
    /// Monotonic nanoseconds from which on it cannot be used; nil when nothing is known to end it.
    public let expires: UInt64?
}

extension CredentialStatus: CustomStringConvertible {
    public var description: String {
        guard let fault else { return "credential \(name) is ready (\(detail))" }
        return "credential \(name) is unavailable: \(fault) (\(detail))"
    }
}
