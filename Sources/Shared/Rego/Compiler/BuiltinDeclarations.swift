/// The builtin functions of OPA 1.20 and their types: what the registry must implement and the type
/// checker knows.
public enum BuiltinDeclarations {
    /// Every declaration, family by family.
    public static let all: [BuiltinDeclaration] =
        operators + numbers + collections + objects + strings + patterns + encodings + tokens
        + cryptography + times + networks + types + documents + language + deprecated

    /// Every declaration by its name.
    public static let byName: [String: BuiltinDeclaration] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// A declaration from the short form of its types; see `TypeSignature`.
    static func declare(
        _ name: String, _ signature: String, infix: String? = nil, variadic: Bool = false,
        relation: Bool = false, deprecated: Bool = false, nondeterministic: Bool = false
    ) -> BuiltinDeclaration {
        let types = TypeSignature.read(signature)
        return BuiltinDeclaration(
            name: name, infix: infix, arguments: types.arguments, result: types.result,
            isVariadic: variadic, isRelation: relation, isDeprecated: deprecated,
            isNondeterministic: nondeterministic)
    }
}
