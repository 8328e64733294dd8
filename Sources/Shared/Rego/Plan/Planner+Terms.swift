extension Planner {
    /// Plans a term and answers the operand that holds its value. Where it has none, the code
    /// goes to `code.fail`. Refs with unbound variables open loops and bind them.
    func term(_ term: Term) throws(RegoError) -> Int32 {
        if let constant = Constant(term) { return self.constant(constant) }
        switch term.value {
        case .null, .boolean, .number, .string:
            return Self.undefined
        case .variable(let name):
            if name == .input || name == .data { return try reference([term]) }
            guard let operand = operand(of: name) else { throw unsafe(name, term.location) }
            return operand
        case .ref(let terms):
            code.at(term.location)
            return try reference(terms)
        case .call(let terms):
            code.at(term.location)
            return try call(terms)
        case .array(let terms):
            return try collection(.makeArray, terms)
        case .set(let terms):
            return try collection(.makeSet, terms)
        case .object(let items):
            return try object(items)
        case .arrayComprehension(let head, let body):
            return try comprehension(head: [head], body, (.newArray, .append, .finishArray))
        case .setComprehension(let head, let body):
            return try comprehension(head: [head], body, (.newSet, .insert, .finishSet))
        case .objectComprehension(let key, let value, let body):
            return try comprehension(
                head: [key, value], body, (.newObject, .setMember, .finishObject))
        case .templateString(let template):
            return try templateString(template)
        }
    }

    /// Plans a term so that its value ends up in `register`.
    func term(_ term: Term, into register: Int32) throws(RegoError) {
        let mark = code.registerMark
        let operand = try self.term(term)
        if !code.retarget(operand, to: register, since: mark) {
            code.emit(.move, register, operand)
        }
    }

    /// Plans terms into registers that follow one another, and answers the first.
    func terms(_ terms: some Collection<Term>) throws(RegoError) -> Int32 {
        if terms.count == 1, let only = terms.first {
            let operand = try term(only)
            if operand >= 0 { return operand }
            let register = code.register()
            code.emit(.move, register, operand)
            return register
        }
        let first = code.register(max(terms.count, 1))
        for (index, term) in terms.enumerated() {
            try self.term(term, into: first + Int32(index))
        }
        return first
    }

    func unsafe(_ name: Symbol, _ location: SourceLocation) -> RegoError {
        RegoError(
            code: .unsafeVariable, message: "var \(symbols[name]) is unsafe", location: location)
    }

    private func collection(_ opcode: Opcode, _ terms: [Term]) throws(RegoError) -> Int32 {
        let first = try self.terms(terms)
        let result = code.register()
        code.emit(opcode, result, first, 0, Int32(terms.count))
        return result
    }

    private func object(_ items: [ObjectItem]) throws(RegoError) -> Int32 {
        if let shaped = try shapedObject(items) { return shaped }
        let first = code.register(items.count * 2)
        for (index, item) in items.enumerated() {
            try term(item.key, into: first + Int32(index * 2))
            try term(item.value, into: first + Int32(index * 2 + 1))
        }
        let result = code.register()
        code.emit(.makeObject, result, first, 0, Int32(items.count))
        return result
    }

    /// An object whose keys are distinct string constants: its key table is made beforehand.
    private func shapedObject(_ items: [ObjectItem]) throws(RegoError) -> Int32? {
        var keys: [(text: String, symbol: Symbol, value: Term)] = []
        for item in items {
            guard case .string(let symbol) = item.key.value else { return nil }
            keys.append((symbols[symbol], symbol, item.value))
        }
        keys.sort { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
        for index in keys.indices.dropFirst() where keys[index - 1].symbol == keys[index].symbol {
            return nil
        }
        // The values are computed in the order of the source.
        let first = code.register(keys.count)
        for item in items {
            guard case .string(let symbol) = item.key.value,
                let at = keys.firstIndex(where: { $0.symbol == symbol })
            else { return nil }
            try term(item.value, into: first + Int32(at))
        }
        let shape = constant(.set(keys.map { .string($0.symbol) }))
        let result = code.register()
        code.emit(.makeShapedObject, result, first, shape, Int32(keys.count))
        return result
    }

    private func comprehension(
        head: [Term], _ body: Body, _ build: (new: Opcode, add: Opcode, finish: Opcode)
    ) throws(RegoError) -> Int32 {
        let builder = code.register()
        let result = code.register()
        let outer = code.fail
        let done = code.newLabel()
        let mark = bindingMark
        code.emit(build.new, builder)
        code.fail = done
        let query = open(body)
        try self.body(body)
        let first = try term(head[0])
        let second = head.count > 1 ? try term(head[1]) : 0
        code.emit(build.add, builder, first, second)
        solve(query)
        if code.fail != done { code.jump(to: code.fail) }
        code.place(done)
        close(query)
        code.emit(build.finish, result, builder)
        code.fail = outer
        forgetBindings(to: mark)
        return result
    }

    /// The parts as an array in which an expression is the set of its values.
    private func templateString(_ template: TemplateString) throws(RegoError) -> Int32 {
        let first = code.register(template.parts.count + 1)
        for (index, part) in template.parts.enumerated() {
            let register = first + Int32(index)
            switch part {
            case .literal(let term): try self.term(term, into: register)
            case .expression(let expression): try values(of: expression, into: register)
            }
        }
        let parts = code.register()
        code.emit(.makeArray, parts, first, 0, Int32(template.parts.count))
        let result = code.register()
        let number = builtins.number("internal.template_string")
        code.emit(.callBuiltin, result, number, parts, 1, to: code.fail)
        return result
    }

    private func values(of part: Expression, into register: Int32) throws(RegoError) {
        let builder = code.register()
        let outer = code.fail
        let done = code.newLabel()
        let mark = bindingMark
        code.emit(.newSet, builder)
        code.fail = done
        let value = try value(of: part)
        code.emit(.insert, builder, value)
        if code.fail != done { code.jump(to: code.fail) }
        code.place(done)
        code.emit(.finishSet, register, builder)
        code.fail = outer
        forgetBindings(to: mark)
    }

    /// The value of an expression of a template string: `false` is a value there.
    private func value(of part: Expression) throws(RegoError) -> Int32 {
        guard part.modifiers.isEmpty, !part.isNegated else { return try expression(part) }
        switch part.kind {
        case .term(let term): return try self.term(term)
        case .call(let terms): return try call(terms)
        case .someDeclaration, .every, .negation, .and, .or: return try expression(part)
        }
    }
}
