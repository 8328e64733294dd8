/// Finds which variables `a = b` binds.
struct Unifier {
    private let safe: SymbolSet
    private var unified = SymbolSet()
    /// Variables that become bound once all those they wait for are.
    private var waiting: [(name: Symbol, for: SymbolSet)] = []

    static func unify(_ left: Term, _ right: Term, safe: SymbolSet) -> SymbolSet {
        var unifier = Unifier(safe: safe)
        unifier.unify(left, right)
        return unifier.unified
    }

    private init(safe: SymbolSet) {
        self.safe = safe
    }

    private mutating func unify(_ left: Term, _ right: Term) {
        switch left.value {
        case .variable(let name): unify(name, right)
        case .ref(let ref): if OutputVariables.isSafe(ref: ref, safe) { bindPattern(right) }
        case .call: if OutputVariables.isSafe(call: left, safe) { bindPattern(right) }
        case .arrayComprehension, .objectComprehension: bindPattern(right)
        case .array(let terms): unify(array: terms, left, right)
        case .object(let items): unify(object: items, left, right)
        case .setComprehension, .null, .boolean, .number, .string, .set, .templateString:
            if case .variable(let name) = right.value { bind(name) }
        }
    }

    /// The other side has a value, whatever it is.
    private mutating func bindPattern(_ term: Term) {
        switch term.value {
        case .variable(let name): bind(name)
        case .array, .object: bindAll(term)
        default: break
        }
    }

    private mutating func unify(_ name: Symbol, _ other: Term) {
        switch other.value {
        case .variable(let second):
            if isBound(second) {
                bind(name)
            } else if isBound(name) {
                bind(second)
            } else {
                wait(name, for: second)
                wait(second, for: name)
            }
        case .array, .object: unify(name, composite: other)
        case .ref(let ref): if OutputVariables.isSafe(ref: ref, safe) { bind(name) }
        case .call: if OutputVariables.isSafe(call: other, safe) { bind(name) }
        default: bind(name)
        }
    }

    private mutating func unify(array terms: [Term], _ left: Term, _ right: Term) {
        switch right.value {
        case .variable(let name): unify(name, composite: left)
        case .arrayComprehension: bindAll(left)
        case .ref(let ref): if OutputVariables.isSafe(ref: ref, safe) { bindAll(left) }
        case .call: if OutputVariables.isSafe(call: right, safe) { bindAll(left) }
        case .array(let others):
            guard terms.count == others.count else { return }
            for (term, other) in zip(terms, others) { unify(term, other) }
        default: break
        }
    }

    private mutating func unify(object items: [ObjectItem], _ left: Term, _ right: Term) {
        switch right.value {
        case .variable(let name): unify(name, composite: left)
        case .objectComprehension: bindAll(left)
        case .ref(let ref): if OutputVariables.isSafe(ref: ref, safe) { bindAll(left) }
        case .call: if OutputVariables.isSafe(call: right, safe) { bindAll(left) }
        case .object(let others):
            guard items.count == others.count else { return }
            for item in items {
                if let other = others.first(where: { $0.key.isSame(as: item.key) }) {
                    unify(item.value, other.value)
                }
            }
        default: break
        }
    }

    private mutating func unify(_ name: Symbol, composite: Term) {
        if isBound(name) { return bindAll(composite) }
        let unbound = patternVariables(composite).subtracting(safe).subtracting(unified)
        if unbound.isEmpty { return bind(name) }
        for other in unbound { wait(name, for: other) }
    }

    private func patternVariables(_ term: Term) -> SymbolSet {
        VariableCollector.variables(of: term, without: [.refHeads, .objectKeys, .closures])
    }

    private func isBound(_ name: Symbol) -> Bool { safe.contains(name) || unified.contains(name) }

    private mutating func bindAll(_ term: Term) {
        for name in patternVariables(term) { bind(name) }
    }

    private mutating func wait(_ name: Symbol, for other: Symbol) {
        if let index = waiting.firstIndex(where: { $0.name == name }) {
            waiting[index].for.insert(other)
        } else {
            waiting.append((name, SymbolSet([other])))
        }
    }

    /// Binds a variable, what it waited for, and what waited for nothing else.
    private mutating func bind(_ first: Symbol) {
        var pending = [first]
        while let name = pending.popLast() {
            unified.insert(name)
            if let index = waiting.firstIndex(where: { $0.name == name }) {
                pending += waiting.remove(at: index).for
            }
            for index in waiting.indices where waiting[index].for.contains(name) {
                waiting[index].for.remove(name)
                if waiting[index].for.isEmpty { pending.append(waiting[index].name) }
            }
            waiting.removeAll { $0.for.isEmpty }
        }
    }
}

extension Term {
    /// The same term, wherever it stands.
    func isSame(as other: Term) -> Bool {
        switch (value, other.value) {
        case (.null, .null): true
        case (.boolean(let left), .boolean(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.variable(let left), .variable(let right)): left == right
        case (.ref(let left), .ref(let right)), (.call(let left), .call(let right)),
            (.array(let left), .array(let right)), (.set(let left), .set(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && zip(left, right).allSatisfy {
                    $0.key.isSame(as: $1.key) && $0.value.isSame(as: $1.value)
                }
        default: false
        }
    }
}
