/// How many arguments functions take.
struct ArityTable {
    /// Builtins by the name they are called with.
    let builtins: BuiltinTable
    let tree: RuleTree

    /// The count of arguments; nil if there is no such function. A rule without arguments has 0.
    func arity(of name: [Term]) -> Int? {
        builtins.arity(of: name) ?? tree.arity(of: name)
    }
}
