/// A rule: its head holds, with its value, when its body does.
public struct Rule: Sendable {
    public var location: SourceLocation
    /// `default` in front: the value when no other rule of the name gives one.
    public var isDefault = false
    public var head: RuleHead
    /// `true` alone when none was written.
    public var body: Body
    /// The body was not written.
    public var hasGeneratedBody = false
    /// The rule after `else`: none or one.
    public var alternatives: [Rule] = []
    /// Indices in the module's `annotations` of those that stand before it.
    public var annotations: [Int] = []
}

/// What a rule defines.
public struct RuleHead: Sendable {
    public var location: SourceLocation
    /// The whole path below the package: the name, a variable, then the operands. `p contains x`
    /// and `p[x]` of v0 keep `x` in `key` only; `p[k] := v` and `p.a[k].b := v` have all operands.
    public var reference: [Term]
    /// The parameters: patterns; nil when the rule is no function, empty for `f()`.
    public var arguments: [Term]?
    /// The member of a partial set, or the last operand of a partial object.
    public var key: Term?
    /// The value; nil for a partial set.
    public var value: Term?
    /// The value was written with `:=`.
    public var isAssigned = false
    /// The value `true` was not written.
    public var hasGeneratedValue = false
    /// Nothing in the source stands for the value `true`: a formatter leaves it out.
    var hasImpliedValue = false
    public var usesContains = false
    public var usesIf = false

    /// The rule adds one member to a set.
    public var isPartialSet: Bool { key != nil && value == nil }
    /// The rule is called with arguments.
    public var isFunction: Bool { arguments != nil }
}
