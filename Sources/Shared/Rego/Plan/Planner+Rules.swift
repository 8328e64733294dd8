extension Planner {
    /// Whether the rules of a node have one value each, at the node itself.
    func isComplete(_ node: Int) -> Bool {
        tree.nodes[node].rules.allSatisfy { !$0.head.isPartialSet && $0.operands.isEmpty }
    }

    // MARK: Complete rules and functions

    func planCompleteRules(_ node: Int, conflict: ConflictKind) throws(RegoError) {
        let rules = tree.nodes[node].rules
        let result: Int32 = 0
        code.emit(.move, result, Self.undefined)
        let chains = open(document: rules.filter { !$0.first.isDefault }, node: node)
        let only = onlyValue(chains)
        var context = Chain(
            node: node, conflict: conflict, isLast: chains.count == 1, onlyValue: only)
        try planIndexed(chains) { chain throws(RegoError) in
            try self.plan(chain, into: result, context)
            context.link += chain.links.count
        }
        if let fallback = rules.first(where: { $0.first.isDefault }) {
            let none = code.newLabel()
            let done = code.newLabel()
            code.emit(.jumpIfDefined, 0, result, to: done)
            code.fail = none
            let query = open(fallback.first, node: node, link: nil)
            try body(fallback.first.body)
            let value = try value(of: fallback)
            if let query {
                emitValue(value, into: result, query, conflict)
            } else {
                code.emit(.move, result, value)
            }
            code.place(none)
            close(query)
            code.place(done)
        }
        closeDocument()
        code.emit(.return, 0, result)
    }

    private struct Chain {
        let node: Int
        let conflict: ConflictKind
        /// No other rule can have a different value.
        let isLast: Bool
        /// The one constant that every rule has, if it is so.
        let onlyValue: Constant?
        /// The number of the rule's first link among all of the node.
        var link = 0
    }

    private func onlyValue(_ rules: [PlannedRule]) -> Constant? {
        var only: Constant?
        for rule in rules {
            for link in rule.links {
                guard let value = link.head.value, let constant = Constant(value),
                    only == nil || only == constant
                else { return nil }
                only = constant
            }
        }
        return only
    }

    /// A rule and what follows it after `else`: the first with a value counts.
    private func plan(
        _ rule: PlannedRule, into result: Int32, _ chain: Chain
    ) throws(RegoError) {
        let mark = code.registerMark
        let own = rule.links.count == 1 || chain.isLast ? result : code.register()
        if own != result { code.emit(.move, own, Self.undefined) }
        let done = code.newLabel()
        for (index, link) in rule.links.enumerated() {
            let arguments = link.head.arguments ?? rule.head.arguments ?? []
            try plan(link, arguments, into: own, chain, number: chain.link + index)
            if index < rule.links.count - 1 { code.emit(.jumpIfDefined, 0, own, to: done) }
        }
        code.place(done)
        if own != result {
            let skip = code.newLabel()
            code.emit(.jumpIfUndefined, 0, own, to: skip)
            code.emit(.setResult, result, own, 0, chain.conflict.rawValue)
            code.place(skip)
        }
        code.release(to: mark)
    }

    private func plan(
        _ rule: Rule, _ arguments: [Term], into result: Int32, _ chain: Chain, number: Int
    ) throws(RegoError) {
        let registers = code.registerMark
        let bindings = bindingMark
        let next = code.newLabel()
        code.fail = next
        let query = open(rule, node: chain.node, link: number)
        for (index, argument) in arguments.enumerated() {
            try match(Int32(index + 1), argument)
        }
        try body(rule.body)
        code.at(rule.head.location)
        let value =
            if let term = rule.head.value { try self.term(term) } else { constant(.boolean(true)) }
        if let query {
            emitValue(value, into: result, query, chain.conflict)
        } else if chain.onlyValue != nil || (chain.isLast && code.fail == next) {
            code.emit(.return, 0, value)
        } else {
            code.emit(.setResult, result, value, 0, chain.conflict.rawValue)
            if code.fail != next { code.jump(to: value < 0 ? next : code.fail) }
        }
        code.place(next)
        close(query)
        code.release(to: registers)
        forgetBindings(to: bindings)
    }

    // MARK: Partial rules

    func planPartialRules(_ node: Int) throws(RegoError) {
        let rules = open(
            document: tree.nodes[node].rules.filter { !$0.first.isDefault }, node: node)
        let plain = tree.nodes[node].children.isEmpty
        let result: Int32 = 0
        let builder = code.register()
        if plain, rules.allSatisfy({ $0.head.isPartialSet && $0.operands.isEmpty }) {
            code.emit(.newSet, builder)
            try planMembers(rules, node) { rule throws(RegoError) in
                guard let key = rule.head.key else { return [] }
                let member = try self.term(key)
                self.code.emit(.insert, builder, member)
                return [member]
            }
            code.emit(.finishSet, result, builder)
        } else if plain, rules.allSatisfy({ !$0.head.isPartialSet && $0.operands.count == 1 }) {
            code.emit(.newObject, builder)
            try planMembers(rules, node) { rule throws(RegoError) in
                let name = try self.term(rule.operands[0])
                self.code.emit(.setMember, builder, name, try self.value(of: rule))
                return [name]
            }
            code.emit(.finishObject, result, builder)
        } else {
            code.emit(.newTree, builder)
            try planTree(rules, node, builder)
            code.emit(.finishTree, result, builder)
        }
        closeDocument()
        code.emit(.return, 0, result)
    }

    private func value(of rule: PlannedRule) throws(RegoError) -> Int32 {
        guard let value = rule.head.value else { return constant(.boolean(true)) }
        return try term(value)
    }

    /// Plans each rule's body and, inside of it, what `add` adds for a solution: it answers the
    /// operands by which one is told from others.
    private func planMembers(
        _ rules: [PlannedRule], _ node: Int, _ add: (PlannedRule) throws(RegoError) -> [Int32]
    ) throws(RegoError) {
        var link = 0
        try planIndexed(rules) { rule throws(RegoError) in
            let registers = self.code.registerMark
            let bindings = self.bindingMark
            let next = self.code.newLabel()
            self.code.fail = next
            let query = self.open(rule.first, node: node, link: link)
            link += rule.links.count
            try self.body(rule.first.body)
            self.code.at(rule.head.location)
            let made = try add(rule)
            self.solve(query?.node, making: made)
            if self.code.fail != next { self.code.jump(to: self.code.fail) }
            self.code.place(next)
            self.close(query)
            self.code.release(to: registers)
            self.forgetBindings(to: bindings)
        }
    }

    /// Rules with computed operands of any number, and documents of rules further down.
    private func planTree(_ rules: [PlannedRule], _ node: Int, _ builder: Int32) throws(RegoError) {
        try planMembers(rules, node) { rule throws(RegoError) in
            let first = try self.terms(rule.operands)
            let path = self.code.register()
            self.code.emit(.makeArray, path, first, 0, Int32(rule.operands.count))
            if rule.head.isPartialSet, let key = rule.head.key {
                let member = try self.term(key)
                self.code.emit(.addToTree, builder, path, member, TreeEntryKind.member.rawValue)
                return [path, member]
            }
            let value = try self.value(of: rule)
            self.code.emit(.addToTree, builder, path, value, TreeEntryKind.value.rawValue)
            return [path]
        }
        for name in tree.nodes[node].names {
            guard let child = tree.nodes[node].children[name] else { continue }
            try planDescendants(child, [name], builder)
        }
    }

    /// Adds the documents of rules further down, each under its path from the tree's node.
    private func planDescendants(
        _ node: Int, _ path: [Symbol], _ builder: Int32
    ) throws(RegoError) {
        guard tree.nodes[node].rules.isEmpty else {
            guard !tree.nodes[node].isFunction else { return }
            let next = code.newLabel()
            code.fail = next
            let document = try virtualDocument(node)
            settleCalls()
            let names = constant(.array(path.map { .string($0) }))
            let kind = isComplete(node) ? TreeEntryKind.value : .document
            code.emit(.addToTree, builder, names, document, kind.rawValue)
            code.place(next)
            return
        }
        for name in tree.nodes[node].names {
            guard let child = tree.nodes[node].children[name] else { continue }
            try planDescendants(child, path + [name], builder)
        }
    }

    // MARK: Packages

    /// The document of everything below a node, and of base data at its path. As in OPA, the
    /// root document does not show `data.system`.
    func planPackage(_ shape: DocumentShape) throws(RegoError) {
        let node = shape.node
        let builder = code.register()
        code.emit(.newObject, builder)
        try planChildren(shape) { name, document in
            self.code.emit(.setMember, builder, name, document)
        }
        let virtual = code.register()
        code.emit(.finishObject, virtual, builder)
        let none = code.newLabel()
        code.fail = none
        let base = base(tree.nodes[node].path)
        code.emit(.mergeDocuments, virtual, base, virtual)
        code.place(none)
        if node == 0, let system = symbols.find("system") {
            code.emit(.withoutMember, virtual, virtual, constant(.string(system)))
        }
        code.emit(.return, 0, virtual)
    }

    private func planChildren(
        _ shape: DocumentShape, _ add: (_ name: Int32, _ document: Int32) -> Void
    ) throws(RegoError) {
        let node = shape.node
        let rest = Array(shape.operands.dropFirst())
        for name in tree.nodes[node].names {
            if let only = shape.operands.first ?? nil, only != name { continue }
            guard let child = tree.nodes[node].children[name], !tree.nodes[child].isFunction else {
                continue
            }
            let next = code.newLabel()
            code.fail = next
            let document = try virtualDocument(child, rest)
            settleCalls()
            add(constant(.string(name)), document)
            code.place(next)
        }
    }

    // MARK: Queries

    /// A body of its own: answers an array with, for each solution, an array of the bindings as
    /// an object and of the values of its expressions.
    func planQuery(
        _ query: Body, _ variables: [(variable: Symbol, name: String)]
    ) throws(RegoError) {
        code = FunctionCode(arguments: 0)
        forgetBindings(to: 0)
        let builder = code.register()
        let done = code.newLabel()
        code.emit(.newArray, builder)
        code.fail = done
        let whole = openQuery(query)
        var values: [Int32] = []
        for index in query.indices {
            try prepareIndex(query, at: index)
            let value = try step(query, at: index)
            if !query[index].isGenerated { values.append(value) }
        }
        let solution = code.register(2)
        try planBindings(variables, into: solution)
        let first = code.register(max(values.count, 1))
        for (index, value) in values.enumerated() { code.emit(.move, first + Int32(index), value) }
        code.emit(.makeArray, solution + 1, first, 0, Int32(values.count))
        let pair = code.register()
        code.emit(.makeArray, pair, solution, 0, 2)
        code.emit(.append, builder, pair)
        solve(whole)
        if code.fail != done { code.jump(to: code.fail) }
        code.place(done)
        closeQuery(whole)
        code.emit(.finishArray, 0, builder)
        code.emit(.return, 0, 0)
    }

    private func planBindings(
        _ variables: [(variable: Symbol, name: String)], into register: Int32
    ) throws(RegoError) {
        let known = variables.filter { operand(of: $0.variable) != nil }
        let first = code.register(max(known.count * 2, 1))
        for (index, entry) in known.enumerated() {
            guard let operand = operand(of: entry.variable),
                let name = symbols.find(entry.name)
            else { continue }
            code.emit(.move, first + Int32(index * 2), constant(.string(name)))
            code.emit(.move, first + Int32(index * 2 + 1), operand)
        }
        code.emit(.makeObject, register, first, 0, Int32(known.count))
    }
}
