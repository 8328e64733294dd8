/// A fault in a policy, as OPA codes and words it.
public struct RegoError: Error, Sendable, Hashable {
    /// The kinds of faults that are found before evaluation.
    public enum Code: String, Sendable {
        case parse = "rego_parse_error"
        case compile = "rego_compile_error"
        case type = "rego_type_error"
        case unsafeVariable = "rego_unsafe_var_error"
        case recursion = "rego_recursion_error"
    }

    public var code: Code
    public var message: String
    /// Nil when the fault has no place in a source.
    public var location: SourceLocation?
}
