/// Infers the types of rules and faults what can never hold: comparisons of different types, wrong
/// arguments, operands that select nothing.
struct TypeChecker {
    /// Comprehensions nested deeper than this are checked, but their types are not inferred.
    private static let inferenceDepthMax = 5

    let context: CompileContext
    let builtins: BuiltinTable
    var environment: TypeEnvironment
    /// What depends on what; nil in queries.
    let graph: RuleGraph?
    /// What the modifiers of the expression at hand change.
    private(set) var overrides = TypeOverrides([], types: [], graph: nil)
    private var closureDepth = 0

    init(
        _ context: CompileContext, builtins: BuiltinTable, environment: TypeEnvironment,
        graph: RuleGraph?
    ) {
        self.context = context
        self.builtins = builtins
        self.environment = environment
        self.graph = graph
    }

    /// A fault, and whether it may follow from another.
    struct Fault {
        var error: RegoError
        var isCausedByUnknown = false
    }

    func fault(
        _ message: String, at location: SourceLocation, isCausedByUnknown: Bool = false
    ) -> Fault {
        Fault(
            error: RegoError(code: .type, message: message, location: location),
            isCausedByUnknown: isCausedByUnknown)
    }

    // MARK: rules

    /// Checks one rule of a chain, and adds its type to the environment. The rules that it depends
    /// on were checked before.
    mutating func check(_ rule: Rule, path: [Term]) {
        environment.push()
        let faults = checkBody(rule.body)
        guard faults.isEmpty else {
            environment.pop()
            context.errors += faults.map(\.error)
            return environment.setAny(at: path)
        }
        let type = type(of: rule, path)
        environment.pop()
        guard let type else { return }
        let end = path.dropFirst().firstIndex { !$0.value.isGround } ?? path.endIndex
        environment.insert(type, at: Array(path[..<end]), context.symbols)
    }

    private mutating func type(of rule: Rule, _ path: [Term]) -> RegoType? {
        if let arguments = rule.head.arguments, !arguments.isEmpty {
            for argument in arguments {
                for name in VariableCollector.variables(of: argument)
                where environment.type(of: name) == nil {
                    environment.set(.any, of: name)
                }
            }
            let types = arguments.map { type(of: $0) ?? .unknown }
            return .function(types, result: rule.head.value.flatMap { type(of: $0) })
        }
        var inner: RegoType?
        if let value = rule.head.value {
            inner = type(of: value)
        } else if let key = rule.head.key {
            inner = type(of: key).map { .set($0) }
        }
        guard var result = inner else { return nil }
        let end = path.dropFirst().firstIndex { !$0.value.isGround } ?? path.endIndex
        for operand in path[end...].reversed() {
            guard let key = type(of: operand) else { return nil }
            result = .object([], rest: TypeRest(key: key, value: result))
        }
        return result
    }

    // MARK: bodies

    /// Checks a query, whose variables' types stay in the environment.
    mutating func check(query: Body) {
        environment.push()
        context.errors += checkBody(query).map(\.error)
    }

    /// Checks the expressions of a body in the innermost scope.
    mutating func checkBody(_ body: Body) -> [Fault] {
        var faults: [Fault] = []
        for expression in body {
            let outer = overrides
            defer { overrides = outer }
            if !expression.modifiers.isEmpty {
                let types = expression.modifiers.map { type(of: $0.value) }
                overrides = TypeOverrides(expression.modifiers, types: types, graph: graph)
            }
            var closureFaults: [Fault] = []
            checkClosures(of: expression, &closureFaults)
            let refFaults = checkRefs(of: expression)
            faults += closureFaults + refFaults
            guard let fault = check(expression) else { continue }
            // An unknown type is likely to follow from the fault that was found already.
            if fault.isCausedByUnknown, !closureFaults.isEmpty || !refFaults.isEmpty { continue }
            faults.append(fault)
        }
        return faults
    }

    private mutating func checkScope(_ body: Body) -> [Fault] {
        environment.push()
        closureDepth += 1
        defer {
            closureDepth -= 1
            environment.pop()
        }
        return checkBody(body)
    }

    private mutating func checkClosures(of expression: Expression, _ faults: inout [Fault]) {
        switch expression.kind {
        case .negation(let body): faults += checkScope(body)
        case .and(let left, let right), .or(let left, let right):
            faults += checkScope(left) + checkScope(right)
        case .every(let every):
            for inner in every.body { checkClosures(of: inner, &faults) }
        case .term, .call, .someDeclaration:
            expression.forEachChild(term: { checkClosures(in: $0, &faults) }, body: { _ in })
        }
    }

    private mutating func checkClosures(in term: Term, _ faults: inout [Fault]) {
        switch term.value {
        case .arrayComprehension(_, let body), .setComprehension(_, let body),
            .objectComprehension(_, _, let body):
            faults += checkScope(body)
        case .null, .boolean, .number, .string, .variable: break
        default: term.forEachChild(term: { checkClosures(in: $0, &faults) }, body: { _ in })
        }
    }

    // MARK: types of terms

    /// The type of a term; nil if it is not known, or has none.
    mutating func type(of term: Term) -> RegoType? {
        switch term.value {
        case .null: return .null
        case .boolean: return .boolean
        case .number: return .number
        case .string, .templateString: return .string
        case .variable(let name): return environment.type(of: name)
        case .ref(let ref): return type(ofRef: ref)
        case .call: return nil
        case .array(let terms):
            let types = terms.map { type(of: $0) ?? .unknown }
            return .array(types, rest: types.isEmpty ? .any : nil)
        case .set(let terms):
            return .set(terms.reduce(nil) { RegoType.or($0, type(of: $1)) } ?? .any)
        case .object(let items): return type(of: items)
        case .arrayComprehension(let head, let body):
            return inScope(body) { .array([], rest: $0.type(of: head) ?? .unknown) }
        case .setComprehension(let head, let body):
            return inScope(body) { .set($0.type(of: head) ?? .unknown) }
        case .objectComprehension(let key, let value, let body):
            return inScope(body) {
                let key = $0.type(of: key) ?? .unknown
                return .object([], rest: TypeRest(key: key, value: $0.type(of: value) ?? .unknown))
            }
        }
    }

    func type(ofRef ref: [Term]) -> RegoType? {
        if let changed = overrides.type(of: ref, graph: graph, context.symbols) {
            return changed
        }
        if let known = environment.type(ofRef: ref, context.symbols) { return known }
        return builtins.type(of: ref)
    }

    private mutating func type(of items: [ObjectItem]) -> RegoType {
        var properties: [TypeProperty] = []
        var rest: TypeRest?
        for item in items {
            let value = type(of: item.value) ?? .unknown
            if let key = TypeKey(item.key, context.symbols) {
                properties.removeAll { $0.key == key }
                properties.append(TypeProperty(key: key, type: value))
            } else {
                rest = TypeRest(key: type(of: item.key) ?? .unknown, value: value)
            }
        }
        if items.isEmpty { rest = TypeRest(key: .any, value: .any) }
        properties.sort { $0.key < $1.key }
        return .object(properties, rest: rest)
    }

    private mutating func inScope(
        _ body: Body, _ infer: (inout TypeChecker) -> RegoType
    ) -> RegoType? {
        guard closureDepth < Self.inferenceDepthMax else { return .any }
        environment.push()
        closureDepth += 1
        defer {
            closureDepth -= 1
            environment.pop()
        }
        return checkBody(body).isEmpty ? infer(&self) : nil
    }
}
