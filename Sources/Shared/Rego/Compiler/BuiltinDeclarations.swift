/// The builtin functions of OPA 1.20 and their types.
public enum BuiltinDeclarations {
    /// Every declaration, by name.
    public static let all: [BuiltinDeclaration] = []
    /// Every declaration by its name.
    public static let byName: [String: BuiltinDeclaration] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) })
}
