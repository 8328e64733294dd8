/// The builtin functions of OPA 1.20 and their types.
public enum BuiltinDeclarations {
    /// Every declaration by its name.
    public static let byName: [String: Bool] = [:]
}
