/// Modules after compilation: what a planner needs.
///
/// What a planner may rely on:
/// * Every name of a rule or import is a full ref: `.ref([data, …])` or `.ref([input, …])`. A ref
///   whose head is another variable selects in the value of that variable, which is bound before.
/// * Every local variable has a name that is unique among all modules, except wildcards (`$N`) and
///   variables that `=` alone introduced, which are unique within their rule.
/// * `:=`, `some`, `print` (unless kept, as `internal.print` of one array of sets) and template
///   strings (now calls of `internal.template_string` with one array, whose members are scalars or
///   sets of at most one element) are gone. `==` in rules is `=`.
/// * Calls stand in expressions only, never in terms: `.call([operator] + operands)`, where one
///   operand more than the function's arity is a pattern for its result. The operator is a ref to a
///   rule below `data`, or to a builtin.
/// * Expressions of a body are in an order in which each finds its inputs bound; the order of those
///   that need none is the source's. Bodies of comprehensions, `every`, negations and logical
///   operators see what is bound before them outside, and bind nothing outside.
/// * In a body, refs and comprehensions are operands of `=`, or stand alone; elsewhere a variable
///   that an expression before it binds stands for them. Operands of refs are scalars, variables,
///   or composites of these.
/// * The value, key and path of a head and its arguments hold no ref, call or comprehension.
/// * The domain and key of `every` are variables; an unwritten key has a variable of its own.
/// * The value of `with` is no ref, unless to a function that replaces one.
/// * No rule depends on itself, and every called function exists and takes that many arguments.
public struct CompiledModules: Sendable {
    /// The names of all modules, and of the compiler's variables.
    public var symbols: SymbolTable
    /// In the order they were given.
    public var modules: [Module]
    /// All rules, module by module, in the order of the sources. `Module.rules` is empty.
    public var rules: [CompiledRule]
    public var tree: RuleTree
    /// The user's names of the compiler's variables.
    public var originalNames: [Symbol: Symbol]
    /// The builtins that the rules may call: OPA's, and the caller's own.
    var builtins: BuiltinTable
    var types: TypeEnvironment
}
