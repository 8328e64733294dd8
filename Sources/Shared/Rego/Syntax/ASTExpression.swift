/// Expressions that must hold together, in order. Never empty.
public typealias Body = [Expression]

/// One statement of a body.
public struct Expression: Sendable {
    /// What is to hold.
    public var kind: ExpressionKind
    /// `not` in front (the plain form; see `ExpressionKind.negation`).
    public var isNegated = false
    /// The `with` modifiers, outermost scope first.
    public var modifiers: [WithModifier] = []
    /// The body of a `negation` was written as one expression without braces: it binds nothing.
    public var hasImplicitBody = false
    /// The compiler made it from a part of another expression.
    public var isGenerated = false
    /// Where it stands.
    public var location: SourceLocation

    init(_ kind: ExpressionKind, _ location: SourceLocation) {
        self.kind = kind
        self.location = location
    }
}

/// The forms of an expression.
public enum ExpressionKind: Sendable {
    /// Holds when the term is defined and not `false`.
    case term(Term)
    /// The operator, a ref, and its operands: `f(x)`, `a = b` (`eq`), `a := b` (`assign`), `a < b`.
    /// One operand more than the function takes is its result.
    case call([Term])
    /// `some x, y`; or `some x in xs`, where the only term is a call of `internal.member_2/3`.
    case someDeclaration([Term])
    indirect case every(Every)
    /// `not { … }` and `not e` under `import future.keywords.not`: holds when the body has no
    /// solution, whatever part of it is undefined.
    indirect case negation(Body)
    /// `a and b`, each side a body of its own.
    indirect case and(Body, Body)
    /// `a or b`, each side a body of its own.
    indirect case or(Body, Body)
}

/// `every key, value in domain { body }`.
public struct Every: Sendable {
    public var key: Term?
    public var value: Term
    public var domain: Term
    public var body: Body
    public var location: SourceLocation
}

/// `with target as value`.
public struct WithModifier: Sendable {
    /// A ref to `input…`, `data…`, a function or a builtin.
    public var target: Term
    public var value: Term
    public var location: SourceLocation
}
