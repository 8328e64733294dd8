/// How modules are compiled.
public struct CompilerOptions: Sendable {
    /// Refuses what strict mode refuses: unused imports, variables and arguments, shadowed roots,
    /// deprecated builtins.
    public var isStrict: Bool
    /// Keeps calls of `print`; otherwise they are removed.
    public var keepsPrint: Bool
    /// How many faults are reported at most; 0 for all.
    public var errorsMax: Int
    /// Builtins that a policy may not call.
    public var unsafeBuiltins: Set<String>
    /// Builtins that the caller adds to OPA's.
    public var extraBuiltins: [BuiltinDeclaration]
    /// The only builtins that there are, besides operators; nil for all.
    public var knownBuiltins: Set<String>?

    public init(
        isStrict: Bool = false, keepsPrint: Bool = false, errorsMax: Int = 0,
        unsafeBuiltins: Set<String> = [], extraBuiltins: [BuiltinDeclaration] = [],
        knownBuiltins: Set<String>? = nil
    ) {
        self.isStrict = isStrict
        self.keepsPrint = keepsPrint
        self.errorsMax = errorsMax
        self.unsafeBuiltins = unsafeBuiltins
        self.extraBuiltins = extraBuiltins
        self.knownBuiltins = knownBuiltins
    }

    /// Nil when they are OPA's, no more and no less.
    var declarations: [BuiltinDeclaration]? {
        guard !extraBuiltins.isEmpty || knownBuiltins != nil else { return nil }
        let all = BuiltinDeclarations.all + extraBuiltins
        guard let knownBuiltins else { return all }
        return all.filter { builtin in
            builtin.infix != nil || builtin.name.hasPrefix("internal.")
                || knownBuiltins.contains(builtin.name)
        }
    }
}
