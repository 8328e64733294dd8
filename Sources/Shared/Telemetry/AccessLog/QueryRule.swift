/// What an access log keeps of query strings, which often hold credentials.
public enum QueryRule: Sendable {
    /// Nothing: not even the question mark.
    case drop
    /// All of it but the values of some parameters.
    case redact(RedactedParameters)
}
