/// What one attempt to break out came to.
public struct SelfTestResult: Equatable, Sendable {
    public enum Verdict: String, Sendable {
        case blocked
        /// There is nothing to break into on this kernel or machine.
        case unavailable
        case escaped
    }

    public let name: String
    public let verdict: Verdict
    /// What stopped it.
    public let layer: String
    /// The error it met, as its name in errno.h, or the signal it was ended by.
    public let detail: String
    /// The same attempt without a sandbox succeeds: only then being blocked says something.
    public let control: Verdict

    /// One line for people.
    public var line: String {
        let state = verdict == .escaped ? "ESCAPED" : verdict.rawValue
        let proof = control == .escaped ? "succeeds" : control.rawValue
        return Self.padded(name, 20) + Self.padded(state, 13) + Self.padded(layer, 19)
            + Self.padded(detail, 14) + "outside: \(proof)"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.utf8.count))
    }
}
