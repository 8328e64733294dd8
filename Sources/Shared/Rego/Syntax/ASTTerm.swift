/// A value as it is written in a policy, with its place.
public struct Term: Sendable {
    /// What the term is.
    public var value: TermValue
    /// Where it stands.
    public var location: SourceLocation

    init(_ value: TermValue, _ location: SourceLocation) {
        self.value = value
        self.location = location
    }
}

/// The forms of a term. A scalar is an interned text, so copying a term copies at most one pointer.
public enum TermValue: Sendable {
    case null
    case boolean(Bool)
    /// A number as it is spelt in the source (JSON syntax; an integer part may be missing).
    case number(Symbol)
    /// A string after its escapes were read.
    case string(Symbol)
    /// A variable. Wildcards are named `$0`, `$1`, … and generated ones `__localN__`.
    case variable(Symbol)
    /// A head and the operands that select in it. The head is a variable, call, composite or
    /// comprehension; `a.b` has the string operand `b`, `a[b]` the variable operand `b`.
    case ref([Term])
    /// The operator, a ref, and its arguments.
    case call([Term])
    case array([Term])
    case object([ObjectItem])
    case set([Term])
    indirect case arrayComprehension(Term, Body)
    indirect case setComprehension(Term, Body)
    indirect case objectComprehension(key: Term, value: Term, Body)
    case templateString(TemplateString)
}

/// One `key: value` of an object.
public struct ObjectItem: Sendable {
    public var key: Term
    public var value: Term
}

/// A string with expressions in it, `$"…{e}…"` or the raw form in backquotes.
public struct TemplateString: Sendable {
    /// Literal text and expressions in the order of the source.
    public var parts: [TemplatePart]
    /// It was written in backquotes, and may span lines.
    public var isRaw: Bool
}

/// A piece of a template string.
public enum TemplatePart: Sendable {
    /// Literal text, or an expression that is a scalar literal.
    case literal(Term)
    /// An expression; when it is undefined the text is `<undefined>`.
    case expression(Expression)
}
