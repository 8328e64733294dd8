/// Collects the variables of nodes, leaving out what a question does not ask about.
struct VariableCollector {
    /// What is left out.
    struct Exclusions: OptionSet {
        let rawValue: UInt8

        /// The first term of every ref.
        static let refHeads = Exclusions(rawValue: 1)
        /// The names of called functions, and of functions that `with` replaces.
        static let callHeads = Exclusions(rawValue: 2)
        static let objectKeys = Exclusions(rawValue: 4)
        /// Comprehensions, and the bodies of `every`, negations and logical operators.
        static let closures = Exclusions(rawValue: 8)
        static let sets = Exclusions(rawValue: 16)

        /// What decides whether an expression is safe.
        static let safety: Exclusions = [.callHeads, .closures]
    }

    let exclusions: Exclusions
    private(set) var variables = SymbolSet()

    init(_ exclusions: Exclusions = []) {
        self.exclusions = exclusions
    }

    static func variables(of term: Term, without exclusions: Exclusions = []) -> SymbolSet {
        var collector = VariableCollector(exclusions)
        collector.add(term)
        return collector.variables
    }

    static func variables(of expression: Expression, without exclusions: Exclusions = [])
        -> SymbolSet
    {
        var collector = VariableCollector(exclusions)
        collector.add(expression)
        return collector.variables
    }

    static func variables(of body: Body, without exclusions: Exclusions = []) -> SymbolSet {
        var collector = VariableCollector(exclusions)
        collector.add(body)
        return collector.variables
    }

    mutating func add(_ body: Body) {
        for expression in body { add(expression) }
    }

    mutating func add(_ term: Term) {
        switch term.value {
        case .null, .boolean, .number, .string: break
        case .variable(let name): variables.insert(name)
        case .ref(let ref):
            for term in exclusions.contains(.refHeads) ? ref.dropFirst() : ref[...] { add(term) }
        case .call(let terms): add(call: terms)
        case .array(let terms): for term in terms { add(term) }
        case .set(let terms):
            if !exclusions.contains(.sets) { for term in terms { add(term) } }
        case .object(let items):
            for item in items {
                if !exclusions.contains(.objectKeys) { add(item.key) }
                add(item.value)
            }
        case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
            guard !exclusions.contains(.closures) else { return }
            add(head)
            add(body)
        case .objectComprehension(let key, let value, let body):
            guard !exclusions.contains(.closures) else { return }
            add(key)
            add(value)
            add(body)
        case .templateString(let template):
            for case .expression(let expression) in template.parts { add(expression) }
        }
    }

    private mutating func add(call terms: [Term]) {
        guard exclusions.contains(.callHeads) else {
            for term in terms { add(term) }
            return
        }
        if case .ref(let name) = terms[0].value { for term in name.dropFirst() { add(term) } }
        for term in terms.dropFirst() { add(term) }
    }

    mutating func add(_ expression: Expression) {
        switch expression.kind {
        case .term(let term): add(term)
        case .call(let terms): add(call: terms)
        case .someDeclaration(let terms): for term in terms { add(term) }
        case .every(let every): add(every)
        case .negation(let body): if !exclusions.contains(.closures) { add(body) }
        case .and(let left, let right), .or(let left, let right):
            guard !exclusions.contains(.closures) else { break }
            add(left)
            add(right)
        }
        for modifier in expression.modifiers { add(modifier) }
    }

    private mutating func add(_ every: Every) {
        add(every.domain)
        guard !exclusions.contains(.closures) else { return }
        if let key = every.key { add(key) }
        add(every.value)
        add(every.body)
    }

    mutating func add(_ modifier: WithModifier) {
        guard exclusions.contains(.callHeads) else {
            add(modifier.target)
            add(modifier.value)
            return
        }
        if case .ref(let target) = modifier.target.value {
            for term in target.dropFirst() { add(term) }
        }
        if case .ref(let value) = modifier.value.value {
            for term in value.dropFirst() { add(term) }
        } else {
            add(modifier.value)
        }
    }
}
