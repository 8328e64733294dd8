/// Stands in for a builtin that the type checker knows and nobody implements.
enum UnsupportedBuiltin {
    static let entry = BuiltinEntry("", refuse)

    private static func refuse(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        throw .halt("this builtin is not supported")
    }
}
