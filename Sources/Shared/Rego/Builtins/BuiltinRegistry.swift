/// All builtins by name.
public enum BuiltinRegistry {
    /// The table of every family.
    static let families: [[BuiltinEntry]] = [
        ComparisonBuiltins.table,
        ArithmeticBuiltins.table,
        AggregateBuiltins.table,
        ArrayBuiltins.table,
        SetBuiltins.table,
        ObjectBuiltins.table,
        GraphBuiltins.table,
        StringBuiltins.table,
        StringTransformBuiltins.table,
        TemplateBuiltins.table,
        RegexBuiltins.table,
        GlobBuiltins.table,
        TypeBuiltins.table,
        BitsBuiltins.table,
        NumberBuiltins.table,
        EncodingBuiltins.table,
        IdentifierBuiltins.table,
        NetworkBuiltins.table,
        TimeBuiltins.table,
        JSONBuiltins.table,
        SchemaBuiltins.table,
        CryptoBuiltins.table,
        CertificateBuiltins.table,
        JWTBuiltins.table,
        GraphQLBuiltins.table,
        PolicyBuiltins.table,
        WorldBuiltins.table,
        SigningBuiltins.table,
    ]

    /// Every builtin that has an implementation.
    public static let entries: [String: BuiltinEntry] = {
        var entries: [String: BuiltinEntry] = [:]
        for entry in families.joined() { entries[entry.name] = entry }
        return entries
    }()
}
