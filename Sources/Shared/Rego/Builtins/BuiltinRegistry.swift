/// All builtins by name.
public enum BuiltinRegistry {
    /// The table of every family.
    static let families: [[BuiltinEntry]] = []

    /// Every builtin that has an implementation.
    public static let entries: [String: BuiltinFunction] = {
        var entries: [String: BuiltinFunction] = [:]
        for entry in families.joined() { entries[entry.name] = entry.function }
        return entries
    }()
}
