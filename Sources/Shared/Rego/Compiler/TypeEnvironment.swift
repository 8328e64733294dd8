/// The types of rules, and of the variables of the scopes around an expression.
struct TypeEnvironment: Sendable {
    /// The types of rules come first, then those of each scope, innermost last.
    private(set) var levels = [TypeTree()]

    var innermost: TypeTree {
        get { levels[levels.count - 1] }
        set { levels[levels.count - 1] = newValue }
    }

    mutating func push() { levels.append(TypeTree()) }

    mutating func pop() { levels.removeLast() }

    func type(of variable: Symbol) -> RegoType? {
        for level in levels.indices.reversed() {
            if let node = levels[level].child(0, .variable(variable)) {
                return levels[level].nodes[node].type
            }
        }
        return nil
    }

    mutating func set(_ type: RegoType, of variable: Symbol) {
        levels[levels.count - 1].set(type.bounded, of: variable)
    }

    // MARK: refs

    /// The type of what a ref selects; nil if it selects nothing, or is not known.
    func type(ofRef ref: [Term], _ symbols: SymbolTable) -> RegoType? {
        type(ofRef: ref, from: levels.count - 1, symbols)
    }

    private func type(ofRef ref: [Term], from level: Int, _ symbols: SymbolTable) -> RegoType? {
        guard level >= 0 else {
            if case .variable(let name) = ref[0].value, name == .data || name == .input {
                return .any
            }
            return nil
        }
        guard var node = levels[level].child(0, ref[0]) else {
            return type(ofRef: ref, from: level - 1, symbols)
        }
        let tree = levels[level]
        for index in ref.indices.dropFirst() {
            let operand = ref[index]
            if let type = tree.nodes[node].type {
                if let child = tree.child(node, operand) {
                    node = child
                    continue
                }
                return type.select(ref[index...], symbols)
            }
            guard operand.value.isConstant else {
                return extent(tree, node, symbols).select(ref[index...], symbols)
            }
            guard let child = tree.child(node, operand) else {
                return type(ofRef: ref, from: level - 1, symbols)
            }
            node = child
        }
        return extent(tree, node, symbols)
    }

    /// The type of the document at a node: an object of what is known below, and anything else.
    func extent(_ tree: TypeTree, _ node: Int, _ symbols: SymbolTable) -> RegoType {
        if let type = tree.nodes[node].type { return type }
        var properties: [TypeProperty] = []
        for (key, child) in tree.nodes[node].children {
            guard let name = TypeKey(key, symbols) else { continue }
            properties.append(TypeProperty(key: name, type: extent(tree, child, symbols)))
        }
        properties.sort { $0.key < $1.key }
        return .object(properties, rest: TypeRest(key: .string, value: .any))
    }

    /// A rule on the way of a ref below `data` is a function.
    func isFunction(onPathTo ref: [Term]) -> Bool {
        var node = 0
        for term in ref {
            guard let child = levels[0].child(node, term) else { return false }
            if case .function? = levels[0].nodes[child].type { return true }
            node = child
        }
        return false
    }

    // MARK: rules

    /// The type of a path is whatever it may be: one rule has a fault.
    mutating func setAny(at path: some Sequence<Term>) {
        var node = 0
        for term in path {
            guard let key = TypeTree.Key(term) else { return }
            node = levels[0].makeChild(node, key)
        }
        levels[0].set(.any, at: node)
    }

    /// Adds the type of one rule to what is known of its path, and to objects around it.
    mutating func insert(_ type: RegoType, at path: [Term], _ symbols: SymbolTable) {
        var node = 0
        for (index, term) in path.enumerated() {
            guard let key = TypeTree.Key(term) else { return }
            let isNew = levels[0].child(node, key) == nil
            node = levels[0].makeChild(node, key)
            guard !isNew, index + 1 < path.count, let outer = levels[0].nodes[node].type,
                case .object = outer
            else { continue }
            let tail = Array(path[(index + 1)...])
            levels[0].set(outer.inserting(type, at: tail[...], symbols), at: node)
        }
        var merged = RegoType.merge(levels[0].nodes[node].type, type)
        if case .object = type, case .object? = merged {
            for (tail, inner) in leaves(node) {
                merged = merged?.inserting(inner, atKeys: tail[...], symbols)
            }
        }
        levels[0].set(merged?.bounded, at: node)
    }

    private func leaves(_ node: Int) -> [(path: [TypeTree.Key], type: RegoType)] {
        levels[0].nodes[node].children.flatMap { key, child in
            if let type = levels[0].nodes[child].type { return [([key], type)] }
            return leaves(child).map { ([key] + $0.path, $0.type) }
        }
    }
}

extension TypeKey {
    init?(_ key: TypeTree.Key, _ symbols: SymbolTable) {
        switch key {
        case .variable, .null: return nil
        case .string(let text): self = .string(symbols[text])
        case .number(let text): self = .number(symbols[text])
        case .boolean(let value): self = .boolean(value)
        }
    }

    /// The key that a scalar is.
    init?(_ term: Term, _ symbols: SymbolTable) {
        switch term.value {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .number(let text): self = .number(symbols[text])
        case .string(let text): self = .string(symbols[text])
        default: return nil
        }
    }
}

extension RegoType {
    /// What a path of operands selects in a value of the type.
    func select(_ path: ArraySlice<Term>, _ symbols: SymbolTable) -> RegoType? {
        var type: RegoType? = self
        for operand in path {
            switch operand.value {
            case .variable, .ref, .array, .object, .set: type = type?.values
            default:
                guard let key = TypeKey(operand, symbols) else { return nil }
                type = type?.select(key)
            }
        }
        return type
    }

    /// The object with one more type of value at a path of keys.
    func inserting(_ type: RegoType, at path: ArraySlice<Term>, _ symbols: SymbolTable) -> RegoType
    {
        inserting(type, atKeys: path.compactMap { TypeTree.Key($0) }[...], symbols)
    }

    func inserting(
        _ type: RegoType, atKeys path: ArraySlice<TypeTree.Key>, _ symbols: SymbolTable
    ) -> RegoType {
        guard case .object(let properties, let rest) = self, let first = path.first else {
            return self
        }
        let key = TypeKey(first, symbols)?.type ?? .any
        let value =
            path.count == 1
            ? type
            : RegoType.object([], rest: nil).inserting(type, atKeys: path.dropFirst(), symbols)
        return .object(
            properties,
            rest: TypeRest(
                key: Self.or(rest?.key, key) ?? .any, value: Self.or(rest?.value, value) ?? .any))
    }

    /// The type of a path that two rules define. Objects without known keys become one.
    static func merge(_ left: RegoType?, _ right: RegoType?) -> RegoType? {
        guard let left else { return right }
        guard let right else { return left }
        switch (left, right) {
        case (.object(let first, let rest?), .object(let second, let other?))
        where first.isEmpty && second.isEmpty:
            return .object(
                [],
                rest: TypeRest(
                    key: or(rest.key, other.key) ?? .any,
                    value: merge(rest.value, other.value) ?? .any))
        case (.set(let left), .set(let right)): return .set(or(left, right) ?? .any)
        default: return or(left, right)
        }
    }
}
