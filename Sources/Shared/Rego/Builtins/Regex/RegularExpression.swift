/// A regular expression in the syntax of Rego's `regex` builtins, which is that of Go.
public struct RegularExpression: Sendable {
    private let expression: Regex

    /// Nil when the pattern is malformed or too large.
    public init?(_ pattern: String) {
        do throws(BuiltinFault) {
            expression = try Regex(Array(pattern.utf8).span)
        } catch {
            return nil
        }
    }

    /// Whether it occurs anywhere in the text.
    public func matches(_ text: String) -> Bool { expression.matches(Array(text.utf8).span) }
}
