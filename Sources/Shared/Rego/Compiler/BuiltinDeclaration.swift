/// What a builtin function is called, takes and gives.
public struct BuiltinDeclaration: Sendable {
    /// The name as policies write it, with dots.
    public var name: String
    /// The operator that means the same, for those that have one.
    public var infix: String?
    /// The types of the arguments, in order.
    public var arguments: [RegoType]
    /// The type of the result; nil for `print` and `internal.print`, which have none.
    public var result: RegoType?
    /// Takes any number of arguments of any type.
    public var isVariadic = false
    /// May have several results, one after another (`walk`).
    public var isRelation = false
    /// Known in v0, refused in v1 and in strict mode.
    public var isDeprecated = false
    /// The result does not follow from the arguments alone.
    public var isNondeterministic = false
}
