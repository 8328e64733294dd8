extension Planner {
    /// A ref: its head, then member by member.
    func reference(_ terms: [Term]) throws(RegoError) -> Int32 {
        guard let head = terms.first else { return Self.undefined }
        if case .variable(let name) = head.value {
            if name == .data { return try dataReference(terms) }
            if name == .input { return try inputReference(terms) }
        }
        return try access(try term(head), terms.dropFirst())
    }

    /// `base` followed down the operands. An operand with unbound variables opens a loop.
    func access(_ base: Int32, _ operands: ArraySlice<Term>) throws(RegoError) -> Int32 {
        var base = base
        var rest = operands
        while !rest.isEmpty {
            let run = rest.prefix { Constant($0) != nil }
            if !run.isEmpty {
                base = constantPath(from: base, run)
                rest = rest.dropFirst(run.count)
                continue
            }
            if let operand = rest.popFirst() { base = try member(of: base, operand) }
        }
        return base
    }

    private func constantPath(from base: Int32, _ operands: ArraySlice<Term>) -> Int32 {
        let result = code.register()
        let keys = operands.compactMap { Constant($0) }.map { constant($0) }
        if keys.count == 1 {
            code.emit(.dot, result, base, keys[0], to: code.fail)
        } else {
            let path = path(keys)
            code.emit(.path, result, base, path.start, path.count, to: code.fail)
        }
        return result
    }

    private func member(of base: Int32, _ operand: Term) throws(RegoError) -> Int32 {
        if canEvaluate(operand) {
            let key = try term(operand)
            let result = code.register()
            code.emit(.dot, result, base, key, to: code.fail)
            return result
        }
        let (key, value) = loop(over: base)
        try match(key, operand)
        return value
    }

    /// Opens a loop; what is planned from here on runs for every member.
    func loop(over collection: Int32) -> (key: Int32, value: Int32) {
        let iterator = code.register(2)
        let key = code.register()
        let value = code.register()
        let next = code.newLabel()
        if let use = plannedIndex, use.collection == collection {
            plannedIndex = nil
            code.emit(.iterateIndex, iterator, collection, use.index, use.key)
            code.place(next)
            code.emit(.nextIndexed, iterator, collection, key, value, to: code.fail)
        } else {
            code.emit(.iterate, iterator, collection)
            code.place(next)
            code.emit(.next, iterator, collection, key, value, to: code.fail)
        }
        code.fail = next
        return (key, value)
    }

    private func inputReference(_ terms: [Term]) throws(RegoError) -> Int32 {
        let run = terms.dropFirst().prefix { Constant($0) != nil }
        let names = run.prefix { if case .string = $0.value { true } else { false } }
        usage.note(
            names.compactMap { operand in
                if case .string(let name) = operand.value { symbols[name] } else { nil }
            })
        let result = code.register()
        if run.isEmpty {
            code.emit(.input, result, to: code.fail)
        } else {
            let path = path(run.compactMap { Constant($0) }.map { constant($0) })
            code.emit(.inputPath, result, 0, path.start, path.count, to: code.fail)
        }
        return try access(result, terms.dropFirst(1 + run.count))
    }

    // MARK: data

    private func dataReference(_ terms: [Term]) throws(RegoError) -> Int32 {
        try document(node: 0, terms.dropFirst())
    }

    /// What is at the operands below a node of the rule tree.
    private func document(
        node start: Int, _ operands: ArraySlice<Term>
    ) throws(RegoError) -> Int32 {
        var node = start
        var rest = operands
        while tree.nodes[node].rules.isEmpty, let operand = rest.first {
            guard case .string(let name) = operand.value else { break }
            guard let child = tree.nodes[node].children[name] else {
                return try baseDocument(tree.nodes[node].path, rest)
            }
            node = child
            rest = rest.dropFirst()
        }
        if tree.nodes[node].rules.isEmpty, let operand = rest.first {
            if node != 0, tree.nodes[node].children.isEmpty {
                return try baseDocument(tree.nodes[node].path, rest)
            }
            if canEvaluate(operand), isBoundEverywhere(rest) { return try dispatch(node, rest) }
            return try access(try reachable(from: node, rest), rest)
        }
        guard !tree.nodes[node].isFunction else {
            code.jump(to: code.fail)
            return Self.undefined
        }
        return try access(try virtualDocument(node), rest)
    }

    /// As much of a package's document as the operands can select: other rules are not evaluated.
    private func reachable(
        from node: Int, _ operands: ArraySlice<Term>
    ) throws(RegoError) -> Int32 {
        let names = operands.map { operand -> Symbol? in
            if case .string(let name) = operand.value { name } else { nil }
        }
        return try virtualDocument(node, names)
    }

    /// The document that a node's rules make, or what a `with` puts in its place.
    func virtualDocument(_ node: Int, _ operands: [Symbol?] = []) throws(RegoError) -> Int32 {
        let path = tree.nodes[node].path
        let slots = overrides.slots(around: path)
        let result = code.register()
        let isPackage = tree.nodes[node].rules.isEmpty
        let shape = DocumentShape(node: node, operands: isPackage ? operands : [])
        let number = Int32(function(shape))
        guard !slots.isEmpty else {
            emitCall(node: node)
            code.emit(.callRule, result, number, to: code.fail)
            return result
        }
        let overridden = code.newLabel()
        let joined = code.newLabel()
        for slot in slots { code.emit(.jumpIfOverridden, 0, 0, Int32(slot), to: overridden) }
        emitCall(node: node)
        code.emit(.callRule, result, number, to: code.fail)
        code.jump(to: joined)
        code.place(overridden)
        code.emit(.move, result, try baseDocument(path, []))
        code.place(joined)
        return result
    }

    /// A base document: `path`, then the operands.
    func baseDocument(
        _ path: [Symbol], _ operands: ArraySlice<Term>
    ) throws(RegoError) -> Int32 {
        var names = path
        var rest = operands
        loop: while let operand = rest.first {
            switch operand.value {
            case .string(let name), .number(let name): names.append(name)
            default: break loop
            }
            rest = rest.dropFirst()
        }
        return try access(base(names), rest)
    }

    /// The base document at a path; code fails where there is none.
    func base(_ path: [Symbol]) -> Int32 {
        guard overrides.touches(path) else {
            let document = constant(.data(path))
            code.emit(.requireDefined, 0, document, to: code.fail)
            return document
        }
        let result = code.register()
        code.emit(.dataRoot, result)
        let (start, count) = self.path(path)
        code.emit(.path, result, result, start, count, to: code.fail)
        return result
    }

    /// Whether no operand needs a loop.
    private func isBoundEverywhere(_ operands: ArraySlice<Term>) -> Bool {
        operands.allSatisfy { isClosed($0) }
    }

    /// `data.package[name]…` with `name` known: only the child that is asked for is evaluated.
    private func dispatch(_ node: Int, _ operands: ArraySlice<Term>) throws(RegoError) -> Int32 {
        guard let first = operands.first else { return Self.undefined }
        let key = try term(first)
        let result = code.register()
        let outer = code.fail
        let joined = code.newLabel()
        for name in tree.nodes[node].names {
            guard let child = tree.nodes[node].children[name] else { continue }
            let next = code.newLabel()
            code.emit(.equal, 0, key, constant(.string(name)), to: next)
            code.fail = outer
            let value = try document(node: child, operands.dropFirst())
            code.emit(.move, result, value)
            code.jump(to: joined)
            code.place(next)
        }
        code.fail = outer
        let value = try baseDocument(tree.nodes[node].path, operands)
        code.emit(.move, result, value)
        code.place(joined)
        return result
    }
}
