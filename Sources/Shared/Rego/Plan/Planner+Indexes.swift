/// A loop over base data that looks at some elements only.
struct IndexUse {
    /// The constant that the loop runs over.
    let collection: Int32
    /// The constant of the index, undefined where the data is too small for one.
    let index: Int32
    /// What the elements' field must equal.
    let key: Int32
}

extension Planner {
    /// Finds an index for the loop that expression `position` of a body opens.
    ///
    /// `c = data.list[_]` with a later `c.field = key`, or `data.list[_].field = key` itself, where
    /// `key` is known before the loop. The loop then sees only elements that may have the key; the
    /// comparison is still made. So a decision costs the same with ten elements and with 100,000.
    func prepareIndex(_ body: Body, at position: Int) throws(RegoError) {
        plannedIndex = nil
        guard trace == nil else { return }
        guard let (left, right) = equation(body[position]) else { return }
        for (side, other) in [(left, right), (right, left)] {
            guard let loop = dataLoop(side) else { continue }
            if !loop.rest.isEmpty {
                guard let field = names(loop.rest[...]), isKnown(other) else { continue }
                return try use(loop.path, field, other)
            }
            guard case .variable(let element) = other.value, operand(of: element) == nil else {
                continue
            }
            for later in body[(position + 1)...] {
                guard let (field, key) = condition(later, on: element) else { continue }
                return try use(loop.path, field, key)
            }
        }
    }

    private func use(_ path: [Symbol], _ field: [Symbol], _ key: Term) throws(RegoError) {
        let key = try term(key)
        plannedIndex = IndexUse(
            collection: constant(.data(path)), index: constant(.dataIndex(path, field: field)),
            key: key)
    }

    /// The sides of `left = right` or `left == right`, unconditional and unmocked.
    func equation(_ expression: Expression) -> (Term, Term)? {
        guard case .call(let terms) = expression.kind, terms.count == 3, !expression.isNegated,
            expression.modifiers.isEmpty, let symbol = operatorName(terms[0]).symbol,
            symbol == .eq || symbol == .equal, overrides.slot(function: symbols[symbol]) == nil
        else { return nil }
        return (terms[1], terms[2])
    }

    /// `data.a.b[x]…` with `x` unbound, where no rule has a say.
    private func dataLoop(_ term: Term) -> (path: [Symbol], rest: [Term])? {
        guard case .ref(let terms) = term.value, case .variable(.data)? = terms.first?.value,
            let loop = terms.firstIndex(where: { isUnboundVariable($0) }),
            let path = names(terms[1..<loop]), isBaseOnly(path), !overrides.touches(path)
        else { return nil }
        return (path, Array(terms[(loop + 1)...]))
    }

    private func isUnboundVariable(_ term: Term) -> Bool {
        guard case .variable(let name) = term.value else { return false }
        return name != .data && name != .input && operand(of: name) == nil
    }

    func isBaseOnly(_ path: [Symbol]) -> Bool {
        var node = 0
        for name in path {
            guard tree.nodes[node].rules.isEmpty else { return false }
            guard let child = tree.nodes[node].children[name] else { return true }
            node = child
        }
        return tree.nodes[node].rules.isEmpty && tree.nodes[node].children.isEmpty
    }

    /// `element.field = key` or the other way round, with `key` known before `element` is.
    private func condition(
        _ expression: Expression, on element: Symbol
    ) -> (field: [Symbol], key: Term)? {
        guard let (left, right) = equation(expression) else { return nil }
        for (side, other) in [(left, right), (right, left)] {
            guard case .ref(let terms) = side.value, case .variable(element)? = terms.first?.value,
                terms.count > 1, let field = names(terms[1...]), isKnown(other)
            else { continue }
            return (field, other)
        }
        return nil
    }

    private func isKnown(_ term: Term) -> Bool { canEvaluate(term) && isClosed(term) }

    func names(_ terms: ArraySlice<Term>) -> [Symbol]? {
        var names: [Symbol] = []
        for term in terms {
            guard case .string(let name) = term.value else { return nil }
            names.append(name)
        }
        return names
    }
}
