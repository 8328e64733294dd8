// From resolved rules to register code.
//
// What is relied on: refs start with `data`, `input` or a local variable; every variable of a
// body has a name of its own; bodies are in an order in which each expression has what it needs;
// there is no recursion. Nested calls, refs and comprehensions may stand anywhere in a term.
//
// Code is planned from left to right. `code.fail` is where to go when the expression at hand has
// no (further) solution: at first past the body, and inside of a loop to the loop's next turn. So
// a loop has no end of its own: what follows it in the body is its body.

/// Plans entry points and, from there, every function that they can reach.
final class Planner {
    let symbols: SymbolTable
    let tree: DocumentTree
    let overrides: OverrideTargets
    let builtins: PlannedBuiltins
    /// What can be called that is no rule, by name.
    let declarations: BuiltinTable
    /// Nil for a program that is not to be traced.
    let trace: TracePlanner?

    private(set) var functions: [PlannedFunction] = []
    private var functionOfDocument: [DocumentShape: Int] = [:]
    private var unplanned: [Int] = []
    private(set) var constants: [Constant] = [.undefined]
    private var constantNumbers: [Constant: Int32] = [.undefined: ~0]
    /// Constants of all paths, one after the other.
    private(set) var paths: [Int32] = []
    var usage = InputUsage()
    /// For the next loop over its collection.
    var plannedIndex: IndexUse?

    var code = FunctionCode(arguments: 0)
    /// For each symbol the operand that holds the variable, or `unbound`.
    private var bindings: [Int32]
    private(set) var bound: [Symbol] = []

    private static let unbound = Int32.min
    private static let functionsMax = 1 << 20
    static let undefined: Int32 = ~0

    /// - Parameter symbols: of the modules, and of the query if there is one.
    init(
        _ modules: CompiledModules, symbols: SymbolTable, query: Body = [],
        trace: TracePlanner? = nil
    ) {
        self.symbols = symbols
        self.trace = trace
        tree = DocumentTree(modules)
        overrides = OverrideTargets(modules, tree, query: query, symbols: symbols)
        builtins = PlannedBuiltins()
        declarations = modules.builtins
        bindings = Array(repeating: Self.unbound, count: symbols.count)
    }

    // MARK: Functions

    /// The function of a rule or package, planned later if it is new.
    func function(node: Int) -> Int {
        function(DocumentShape(node: node, operands: []))
    }

    /// The function of the part of a package's document that a ref can reach.
    func function(_ shape: DocumentShape) -> Int {
        if let known = functionOfDocument[shape] { return known }
        functions.append(PlannedFunction(shape: shape))
        functionOfDocument[shape] = functions.count - 1
        unplanned.append(functions.count - 1)
        return functions.count - 1
    }

    /// Plans what was asked for and everything that turned out to be needed.
    func planAll() throws(RegoError) {
        while let function = unplanned.popLast() {
            if let shape = functions[function].shape { try plan(function, shape) }
        }
    }

    /// What is remembered of each function. Where somebody looks on, through a trace or by `print`,
    /// it is exactly what OPA remembers: every result, but not that there is none.
    func memories() -> [FunctionMemory] {
        if trace != nil || builtins.names.contains("internal.print") {
            return functions.map { function in
                if function.isDocument { return .document }
                return (1...CallMemo.argumentsMax).contains(function.argumentCount)
                    ? .definedCalls : .none
            }
        }
        let remembered = RepeatedCalls.remembered(in: functions) { number in
            declarations.find(named: builtins.names[Int(number)])?.infix != nil
        }
        return zip(functions, remembered).map { function, isRemembered in
            function.isDocument ? .document : isRemembered ? .calls : .none
        }
    }

    /// A function that is no rule; `plan` plans its code.
    func addFunction(_ plan: () throws(RegoError) -> Void) throws(RegoError) -> Int {
        functions.append(PlannedFunction(shape: nil))
        let number = functions.count - 1
        try plan()
        functions[number].code = code
        return number
    }

    private func plan(_ number: Int, _ shape: DocumentShape) throws(RegoError) {
        let node = shape.node
        let rules = tree.nodes[node].rules
        let parameters = tree.nodes[node].parameterCount
        code = FunctionCode(arguments: parameters)
        forgetBindings(to: 0)
        if rules.isEmpty {
            try planPackage(shape)
        } else if parameters > 0 {
            try planCompleteRules(node, conflict: .function)
        } else if isComplete(node) {
            try planCompleteRules(node, conflict: .completeRule)
        } else {
            try planPartialRules(node)
        }
        functions[number].code = code
        functions[number].argumentCount = parameters
        functions[number].isDocument = parameters == 0
    }

    // MARK: Constants

    func constant(_ constant: Constant) -> Int32 {
        if let known = constantNumbers[constant] { return known }
        constants.append(constant)
        let operand = ~Int32(constants.count - 1)
        constantNumbers[constant] = operand
        return operand
    }

    /// The index of a base document by its elements themselves; nil for any other operand.
    func membershipIndex(of collection: Int32) -> Int32? {
        guard collection < 0, case .data(let path) = constants[Int(~collection)] else { return nil }
        return constant(.dataIndex(path, field: []))
    }

    /// Where in `paths` these operands, all constants, are.
    func path(_ operands: [Int32]) -> (start: Int32, count: Int32) {
        let start = Int32(paths.count)
        paths.append(contentsOf: operands.map { ~$0 })
        return (start, Int32(operands.count))
    }

    func path(_ names: some Sequence<Symbol>) -> (start: Int32, count: Int32) {
        path(names.map { constant(.string($0)) })
    }

    // MARK: Variables

    func operand(of variable: Symbol) -> Int32? {
        let operand = bindings[Int(variable.id)]
        return operand == Self.unbound ? nil : operand
    }

    func bind(_ variable: Symbol, to operand: Int32) {
        bindings[Int(variable.id)] = operand
        bound.append(variable)
    }

    /// Everything bound after the mark was read is free again.
    func forgetBindings(to mark: Int) {
        while bound.count > mark, let variable = bound.popLast() {
            bindings[Int(variable.id)] = Self.unbound
        }
    }

    var bindingMark: Int { bound.count }

    func fault(_ message: String, _ location: SourceLocation) -> RegoError {
        RegoError(code: .compile, message: message, location: location)
    }
}

/// A function: its code once planned, and how it is called.
struct PlannedFunction {
    /// The document it makes; nil for a query or an entry point.
    let shape: DocumentShape?
    var code = FunctionCode(arguments: 0)
    var argumentCount = 0
    /// It is a document of the rule tree.
    var isDocument = false
}

/// What is kept of a function's results until the evaluation, or the scope of a `with`, ends.
enum FunctionMemory: UInt8 {
    case none
    /// The one result that it has.
    case document
    /// One for each call that has different arguments.
    case calls
    /// The same, but for calls that have no result.
    case definedCalls

    var isOfCalls: Bool { rawValue >= Self.calls.rawValue }
}

/// A document of the rule tree, or the part of it that operands of a ref can select: below each
/// node the child of that name, or all children where the operand is not known.
struct DocumentShape: Hashable {
    let node: Int
    let operands: [Symbol?]
}
