internal import Rego

/// A regular expression over the names of tests.
public struct TestFilter: Sendable {
    private let expression: RegularExpression

    /// Nil when the pattern is malformed.
    public init?(_ pattern: String) {
        guard let expression = RegularExpression(pattern) else { return nil }
        self.expression = expression
    }

    public func matches(_ name: String) -> Bool { expression.matches(name) }
}
