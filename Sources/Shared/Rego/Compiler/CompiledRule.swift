/// A rule after compilation, with its alternatives.
public struct CompiledRule: Sendable {
    /// The index of its module.
    public var module: Int
    /// The whole path: `data`, the package, then the operands of the head. Operands that are
    /// variables select the keys that the rule defines.
    public var path: [Term]
    /// The rule, then what follows each `else`. The first whose body holds gives the value.
    public var chain: [Rule]

    /// The rule itself.
    public var first: Rule { chain[0] }

    /// The operands up to the first variable.
    public var groundPath: ArraySlice<Term> {
        let end = path.dropFirst().firstIndex { !$0.value.isGround } ?? path.endIndex
        return path[..<end]
    }

    /// The rule defines one value at one path: neither a set nor keys that vary.
    public var isComplete: Bool {
        !first.head.isPartialSet && groundPath.endIndex == path.endIndex
    }
}
