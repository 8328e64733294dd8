/// Where a log's lines go.
public enum LogOutput: Sendable {
    case standardOutput
    case standardError
    /// Appended to; created with mode 0640; opened anew by `reopen`.
    case file(String)
}
