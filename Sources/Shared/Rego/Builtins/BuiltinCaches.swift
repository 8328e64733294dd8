/// What builtins keep between evaluations of one evaluator: compiled patterns and the like.
/// Every cache in it is bounded.
public final class BuiltinCaches {
    public init() {}
}
