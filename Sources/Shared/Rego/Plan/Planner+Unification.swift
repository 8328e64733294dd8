extension Planner {
    /// Plans `left = right`: whatever is known is evaluated, what is not is bound to its part.
    func unify(_ left: Term, _ right: Term) throws(RegoError) {
        var pending = [(left, right)]
        while !pending.isEmpty {
            let ready = pending.firstIndex { canUnify($0.0, $0.1) } ?? 0
            let (left, right) = pending.remove(at: ready)
            if let parts = try pairs(left, right) {
                pending.insert(contentsOf: parts, at: ready)
            } else if canEvaluate(right), !isBoundVariable(left) {
                try match(try term(right), left)
            } else if canEvaluate(left) {
                try match(try term(left), right)
            } else {
                throw unsafeVariable(in: left) ?? unsafeVariable(in: right)
                    ?? fault("cannot unify", left.location)
            }
        }
    }

    /// Compares the value of an operand with a term, binding the term's unbound variables.
    func match(_ operand: Int32, _ pattern: Term) throws(RegoError) {
        if case .variable(let name) = pattern.value, self.operand(of: name) == nil,
            name != .input, name != .data
        {
            return bind(name, to: operand)
        }
        if canEvaluate(pattern) {
            let value = try term(pattern)
            return code.emit(.equal, 0, operand, value, to: code.fail)
        }
        switch pattern.value {
        case .array(let terms): try match(operand, elements: terms)
        case .object(let items): try match(operand, members: items)
        default: throw unsafeVariable(in: pattern) ?? fault("cannot match", pattern.location)
        }
    }

    private func match(_ operand: Int32, elements: [Term]) throws(RegoError) {
        code.emit(.requireArray, 0, operand, 0, Int32(elements.count), to: code.fail)
        var parts: [(Int32, Term)] = []
        for (index, element) in elements.enumerated() {
            let part = code.register()
            code.emit(.dot, part, operand, constant(index: index), to: code.fail)
            parts.append((part, element))
        }
        try match(parts)
    }

    private func match(_ operand: Int32, members: [ObjectItem]) throws(RegoError) {
        code.emit(.requireObject, 0, operand, 0, Int32(members.count), to: code.fail)
        var parts: [(Int32, Term)] = []
        for item in members {
            let key = try term(item.key)
            let part = code.register()
            code.emit(.dot, part, operand, key, to: code.fail)
            parts.append((part, item.value))
        }
        try match(parts)
    }

    /// Parts whose patterns need variables of other parts come after those.
    private func match(_ parts: [(Int32, Term)]) throws(RegoError) {
        var pending = parts
        while !pending.isEmpty {
            let ready = pending.firstIndex { isPattern($0.1) } ?? 0
            let (operand, pattern) = pending.remove(at: ready)
            try match(operand, pattern)
        }
    }

    private func constant(index: Int) -> Int32 {
        constant(.index(index))
    }

    private func isBoundVariable(_ term: Term) -> Bool {
        guard case .variable(let name) = term.value else { return false }
        return name == .input || name == .data || operand(of: name) != nil
    }

    private func canUnify(_ left: Term, _ right: Term) -> Bool {
        switch (left.value, right.value) {
        case (.array(let a), .array(let b)) where a.count == b.count: true
        case (.object, .object) where memberPairs(left, right) != nil: true
        default:
            (canEvaluate(left) && isPattern(right)) || (canEvaluate(right) && isPattern(left))
        }
    }

    /// The parts of two composites that must unify one by one; nil when they are not alike.
    private func pairs(_ left: Term, _ right: Term) throws(RegoError) -> [(Term, Term)]? {
        if canEvaluate(left), canEvaluate(right) { return nil }
        if case .array(let a) = left.value, case .array(let b) = right.value {
            if a.count == b.count { return Array(zip(a, b)) }
            code.jump(to: code.fail)
            return []
        }
        return memberPairs(left, right)
    }

    private func memberPairs(_ left: Term, _ right: Term) -> [(Term, Term)]? {
        guard case .object(let a) = left.value, case .object(let b) = right.value,
            a.count == b.count
        else { return nil }
        var values: [Constant: Term] = [:]
        for item in b {
            guard let key = Constant(item.key) else { return nil }
            values[key] = item.value
        }
        guard values.count == b.count else { return nil }
        var pairs: [(Term, Term)] = []
        for item in a {
            guard let key = Constant(item.key), let other = values.removeValue(forKey: key) else {
                return nil
            }
            pairs.append((item.value, other))
        }
        return pairs
    }

    // MARK: What is known

    /// Whether `term(_:)` can plan it: no unbound variable but as an operand of a ref.
    func canEvaluate(_ term: Term) -> Bool {
        switch term.value {
        case .null, .boolean, .number, .string, .arrayComprehension, .setComprehension,
            .objectComprehension, .templateString:
            return true
        case .variable(let name):
            return name == .input || name == .data || operand(of: name) != nil
        case .ref(let terms):
            guard let head = terms.first else { return false }
            return canEvaluate(head) && terms.dropFirst().allSatisfy { isPattern($0) }
        case .call(let terms): return terms.dropFirst().allSatisfy { canEvaluate($0) }
        case .array(let terms), .set(let terms): return terms.allSatisfy { canEvaluate($0) }
        case .object(let items):
            return items.allSatisfy { canEvaluate($0.key) && canEvaluate($0.value) }
        }
    }

    /// Whether it can be matched against a value: evaluable, or composites around variables.
    private func isPattern(_ term: Term) -> Bool {
        switch term.value {
        case .variable: true
        case .array(let terms): terms.allSatisfy { isPattern($0) }
        case .object(let items):
            items.allSatisfy { canEvaluate($0.key) && isPattern($0.value) }
        default: canEvaluate(term)
        }
    }

    /// Whether evaluating it opens no loop.
    func isClosed(_ term: Term) -> Bool {
        switch term.value {
        case .variable: canEvaluate(term)
        case .ref(let terms), .array(let terms), .set(let terms):
            terms.allSatisfy { isClosed($0) }
        case .call(let terms): terms.dropFirst().allSatisfy { isClosed($0) }
        case .object(let items): items.allSatisfy { isClosed($0.key) && isClosed($0.value) }
        case .null, .boolean, .number, .string, .arrayComprehension, .setComprehension,
            .objectComprehension, .templateString:
            true
        }
    }

    private func unsafeVariable(in term: Term) -> RegoError? {
        switch term.value {
        case .variable(let name): canEvaluate(term) ? nil : unsafe(name, term.location)
        case .ref(let terms), .array(let terms), .set(let terms):
            terms.lazy.compactMap { self.unsafeVariable(in: $0) }.first
        case .call(let terms):
            terms.dropFirst().lazy.compactMap { self.unsafeVariable(in: $0) }.first
        case .object(let items):
            items.lazy.flatMap { [$0.key, $0.value] }
                .compactMap { self.unsafeVariable(in: $0) }.first
        case .null, .boolean, .number, .string, .arrayComprehension, .setComprehension,
            .objectComprehension, .templateString:
            nil
        }
    }
}
