/// An expression that kept a decision from allowing.
public struct FailedExpression: Sendable, Equatable {
    /// A rule that holds where it should not: what `not` found, or one that put something into a
    /// set that should be empty.
    public struct Cause: Sendable, Equatable {
        /// Such as `data.authz.deny_reasons`.
        public let rule: String
        public let file: String
        public let location: SourceLocation
        /// The rule's head as it is written.
        public let text: String
    }

    /// The path of the rule that it belongs to, such as `data.authz.allow`.
    public let rule: String
    public let file: String
    public let location: SourceLocation
    /// The expression as it is written, on one line; for a rule that says `false` by itself, its
    /// head.
    public let text: String
    /// How many expressions of the rule hold before it.
    public let passed: Int
    /// What else holds because of which this does not.
    public let causes: [Cause]
}
