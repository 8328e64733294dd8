/// A regular expression over the names of tests.
public struct TestFilter: @unchecked Sendable {
    // Sendable: Regex is immutable after it is made; the library has not said so yet.
    private let expression: Regex<AnyRegexOutput>

    /// Nil when the pattern is malformed.
    public init?(_ pattern: String) {
        do {
            expression = try Regex(pattern)
        } catch {
            return nil
        }
    }

    public func matches(_ name: String) -> Bool {
        name.firstMatch(of: expression) != nil
    }
}
