/// What went wrong inside a builtin, in OPA's words and without the builtin's name, which the
/// caller puts in front.
struct BuiltinFault: Error, Equatable {
    let text: String

    init(_ text: String) { self.text = text }
}
