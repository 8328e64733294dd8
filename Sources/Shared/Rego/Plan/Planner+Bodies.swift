extension Planner {
    static let comparisons: [Symbol: Opcode] = [
        .equal: .equal, .neq: .notEqual, .lt: .less, .lte: .lessOrEqual, .gt: .greater,
        .gte: .greaterOrEqual,
    ]

    /// Plans expressions that must hold together.
    func body(_ body: Body) throws(RegoError) {
        for index in body.indices {
            try prepareIndex(body, at: index)
            _ = try step(body, at: index)
        }
    }

    /// Plans one expression and answers its value: the term's, or `true`.
    func expression(_ expression: Expression) throws(RegoError) -> Int32 {
        code.at(expression.location)
        guard expression.modifiers.isEmpty else { return try scoped(expression) }
        guard expression.isNegated else { return try statement(expression.kind) }
        var plain = expression
        plain.isNegated = false
        try unless([plain]) { () throws(RegoError) in _ = try self.statement(expression.kind) }
        return constant(.boolean(true))
    }

    private func statement(_ kind: ExpressionKind) throws(RegoError) -> Int32 {
        let holds = constant(.boolean(true))
        switch kind {
        case .term(let term): return try truth(of: term)
        case .call(let terms): return try callStatement(terms)
        case .someDeclaration(let terms):
            for term in terms {
                if case .call(let member) = term.value { try someMember(member) }
            }
        case .every(let every):
            if let trace { try tracedEvery(every, trace) } else { try self.every(every) }
        case .negation(let body):
            try unless(body) { () throws(RegoError) in try self.body(body) }
        case .and(let left, let right):
            try once(left)
            try once(right)
        case .or(let left, let right): try either(left, right)
        }
        return holds
    }

    private func truth(of term: Term) throws(RegoError) -> Int32 {
        let value = try self.term(term)
        if value != constant(.boolean(true)) { code.emit(.requireTrue, 0, value, to: code.fail) }
        return value
    }

    /// Holds when what `plan` plans for a body has no solution.
    private func unless(
        _ body: Body, _ plan: () throws(RegoError) -> Void
    ) throws(RegoError) {
        guard trace == nil else { return try tracedUnless(body) }
        let outer = code.fail
        let none = code.newLabel()
        let mark = bindingMark
        code.fail = none
        try plan()
        code.jump(to: outer)
        code.place(none)
        code.fail = outer
        forgetBindings(to: mark)
    }

    /// Holds, once, when a body has a solution.
    private func once(_ body: Body) throws(RegoError) {
        guard trace == nil else { return try tracedOnce(body) }
        let outer = code.fail
        let mark = bindingMark
        try self.body(body)
        code.fail = outer
        forgetBindings(to: mark)
    }

    private func either(_ left: Body, _ right: Body) throws(RegoError) {
        let outer = code.fail
        let second = code.newLabel()
        let done = code.newLabel()
        code.fail = second
        try once(left)
        code.jump(to: done)
        code.place(second)
        code.fail = outer
        try once(right)
        code.place(done)
    }

    private func every(_ every: Every) throws(RegoError) {
        let outer = code.fail
        let mark = bindingMark
        let domain = try term(every.domain)
        let domainFail = code.fail
        let collection = code.register()
        code.emit(.move, collection, domain)
        code.emit(.requireCollection, 0, collection, to: domainFail)
        let done = code.newLabel()
        code.fail = done
        let (key, value) = loop(over: collection)
        let next = code.fail
        code.fail = outer
        if let pattern = every.key { try match(key, pattern) }
        try match(value, every.value)
        try body(every.body)
        code.jump(to: next)
        code.place(done)
        code.fail = domainFail
        forgetBindings(to: mark)
    }

    /// `some x in xs`, `some k, v in xs`.
    private func someMember(_ call: [Term]) throws(RegoError) {
        guard call.count >= 3 else { return }
        let collection = try term(call[call.count - 1])
        let (key, value) = loop(over: collection)
        if call.count > 3 { try match(key, call[1]) }
        try match(value, call[call.count - 2])
    }

    private func callStatement(_ terms: [Term]) throws(RegoError) -> Int32 {
        let holds = constant(.boolean(true))
        let (name, symbol) = operatorName(terms[0])
        if let symbol, overrides.slot(function: name) == nil {
            if symbol == .eq || symbol == .assign, terms.count == 3 {
                try unify(terms[1], terms[2])
                return holds
            }
            if let comparison = Self.comparisons[symbol], terms.count == 3 {
                let left = try term(terms[1])
                let right = try term(terms[2])
                code.emit(comparison, 0, left, right, to: code.fail)
                return holds
            }
        }
        let count = try parameterCount(of: name, terms)
        let isMember = name == "internal.member_2" || name == "internal.member_3"
        if isMember, terms.count == count + 1, overrides.slot(function: name) == nil {
            try requireMember(terms)
            return holds
        }
        let value = try call(Array(terms.prefix(count + 1)))
        if terms.count > count + 1 {
            try match(value, terms[count + 1])
        } else if !code.requireTrue(ofCall: value) {
            code.emit(.requireTrue, 0, value, to: code.fail)
        }
        return value
    }

    private func requireMember(_ terms: [Term]) throws(RegoError) {
        let first = try term(terms[1])
        let second = try term(terms[2])
        if terms.count == 3, let index = membershipIndex(of: second) {
            code.emit(.requireIndexedMember, 0, first, second, index, to: code.fail)
        } else if terms.count == 3 {
            code.emit(.requireMember, 0, first, second, to: code.fail)
        } else {
            let third = try term(terms[3])
            code.emit(.requirePair, 0, first, second, third, to: code.fail)
        }
    }
}
