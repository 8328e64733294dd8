internal import Bytes

/// What builtins keep between evaluations of one evaluator: compiled patterns and the like.
/// Every cache in it is bounded.
public final class BuiltinCaches {
    let regexes = PatternCache<Regex>()
    let globs = PatternCache<Glob>()
    let zones = PatternCache<TimeZone>(slotCount: 64)
    let keys = PatternCache<KeySet>(slotCount: 64)
    let schemas = PatternCache<Schema>(slotCount: 64)

    public init() {}
}
