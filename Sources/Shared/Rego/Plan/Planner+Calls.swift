extension Planner {
    /// The dotted name of what is called, and its symbol when it is a single word.
    func operatorName(_ term: Term) -> (name: String, symbol: Symbol?) {
        switch term.value {
        case .variable(let symbol): return (symbols[symbol], symbol)
        case .ref(let terms):
            if terms.count == 1, case .variable(let symbol) = terms[0].value {
                return (symbols[symbol], symbol)
            }
            return (OverrideTargets.functionName(term, symbols) ?? "", nil)
        default: return ("", nil)
        }
    }

    /// The rule tree's node of a function, nil for a builtin.
    private func functionNode(_ term: Term) -> Int? {
        guard case .ref(let terms) = term.value, case .variable(let root)? = terms.first?.value,
            root == .data
        else { return nil }
        var names: [Symbol] = []
        for part in terms.dropFirst() {
            guard case .string(let name) = part.value else { return nil }
            names.append(name)
        }
        guard let node = tree.find(names), tree.nodes[node].isCallable else { return nil }
        return node
    }

    /// How many arguments the callee takes, its result not counted.
    func parameterCount(of name: String, _ terms: [Term]) throws(RegoError) -> Int {
        if let node = functionNode(terms[0]) {
            return tree.nodes[node].parameterCount
        }
        if let builtin = declarations.find(named: name) { return builtin.arguments.count }
        throw RegoError(
            code: .type, message: "undefined function \(name)", location: terms[0].location)
    }

    /// The value of a call with all its arguments and no result.
    func call(_ terms: [Term]) throws(RegoError) -> Int32 {
        let (name, symbol) = operatorName(terms[0])
        if let slot = overrides.slot(function: name) {
            return try mockable(name, slot: slot, terms)
        }
        if let symbol, terms.count == 3, let operand = try operation(symbol, terms) {
            return operand
        }
        if name == "internal.member_2", terms.count == 3 {
            let first = try self.terms(terms.dropFirst())
            let result = code.register()
            code.emit(.member, result, first, first + 1)
            return result
        }
        let count = terms.count - 1
        let node = functionNode(terms[0])
        if let node, count == 0 { return try virtualDocument(node) }
        let first = try self.terms(terms.dropFirst())
        return try call(name, node, arguments: first, count)
    }

    private func isRelation(_ name: String) -> Bool {
        declarations.find(named: name)?.isRelation ?? false
    }

    /// Plans the call itself, its arguments being in registers.
    private func call(
        _ name: String, _ node: Int?, arguments: Int32, _ count: Int
    ) throws(RegoError) -> Int32 {
        let result = code.register()
        if let node {
            let number = Int32(function(node: node))
            emitCall(node: node)
            code.emit(.callFunction, result, number, arguments, to: code.fail)
            return result
        }
        if trace != nil, name == "trace" { emit(.note, operand: arguments) }
        let number = builtins.number(name)
        code.emit(.callBuiltin, result, number, arguments, Int32(count), to: code.fail)
        guard isRelation(name) else { return result }
        return loop(over: result).value
    }

    /// Operators that have instructions of their own.
    private func operation(_ symbol: Symbol, _ terms: [Term]) throws(RegoError) -> Int32? {
        if let comparison = Self.comparisons[symbol] {
            let left = try term(terms[1])
            let right = try term(terms[2])
            let result = code.register()
            code.emit(.compare, result, left, right, Int32(comparison.rawValue))
            return result
        }
        let arithmetic: Arithmetic
        switch symbol {
        case .plus: arithmetic = .plus
        case .minus: arithmetic = .minus
        case .mul: arithmetic = .times
        default: return nil
        }
        let first = try self.terms(terms.dropFirst())
        let result = code.register()
        let slow = code.newLabel()
        let done = code.newLabel()
        code.emit(.arithmetic, result, first, first + 1, arithmetic.rawValue, to: slow)
        code.jump(to: done)
        code.place(slow)
        let number = builtins.number(symbols[symbol])
        code.emit(.callBuiltin, result, number, first, 2, to: code.fail)
        code.place(done)
        return result
    }

    // MARK: Mocks

    /// A call of a function that some `with` replaces.
    private func mockable(_ name: String, slot: Int, _ terms: [Term]) throws(RegoError) -> Int32 {
        let count = terms.count - 1
        let first = try self.terms(terms.dropFirst())
        let result = code.register()
        let joined = code.newLabel()
        code.emit(.mockedValue, result, 0, Int32(slot), to: joined)
        for (number, candidate) in overrides.candidates(slot: slot).enumerated() {
            let next = code.newLabel()
            code.emit(.jumpUnlessMocked, 0, 0, Int32(slot), Int32(number), to: next)
            try callCandidate(candidate, arguments: first, count, into: result)
            code.jump(to: joined)
            code.place(next)
        }
        let isRelation = isRelation(name)
        let value = try original(name, terms[0], arguments: first, count)
        code.emit(.move, result, value)
        code.place(joined)
        return isRelation ? loop(over: result).value : result
    }

    private func original(
        _ name: String, _ callee: Term, arguments: Int32, _ count: Int
    ) throws(RegoError) -> Int32 {
        let result = code.register()
        if let node = functionNode(callee) {
            let number = Int32(function(node: node))
            emitCall(node: node)
            code.emit(.callFunction, result, number, arguments, to: code.fail)
            return result
        }
        if let symbol = symbols.find(name) {
            if symbol == .eq || symbol == .assign {
                code.emit(.equal, 0, arguments, arguments + 1, to: code.fail)
                return constant(.boolean(true))
            }
            if let comparison = Self.comparisons[symbol] {
                let raw = Int32(comparison.rawValue)
                code.emit(.compare, result, arguments, arguments + 1, raw)
                return result
            }
        }
        let number = builtins.number(name)
        code.emit(.callBuiltin, result, number, arguments, Int32(count), to: code.fail)
        return result
    }

    /// A replacement sees the world without mocks, so that it may call what it replaces.
    private func callCandidate(
        _ name: String, arguments: Int32, _ count: Int, into result: Int32
    ) throws(RegoError) {
        let outer = code.fail
        let failed = code.newLabel()
        let done = code.newLabel()
        let current = code.register()
        let clean = code.register()
        code.emit(.scope, current)
        code.emit(.scopeWithoutMocks, clean)
        code.emit(.enterScope, 0, clean)
        code.fail = failed
        let parts = name.split(separator: ".").map(String.init)
        let path = parts.dropFirst().compactMap { symbols.find($0) }
        let node = parts.first == "data" ? tree.find(path) : nil
        let value: Int32
        if let node, parts.count == path.count + 1 {
            let number = Int32(function(node: node))
            value = code.register()
            emitCall(node: node)
            code.emit(.callFunction, value, number, arguments, to: code.fail)
        } else {
            value = code.register()
            let number = builtins.number(name)
            code.emit(.callBuiltin, value, number, arguments, Int32(count), to: code.fail)
        }
        code.emit(.enterScope, 0, current)
        code.emit(.move, result, value)
        code.jump(to: done)
        code.place(failed)
        code.emit(.enterScope, 0, current)
        code.jump(to: outer)
        code.place(done)
        code.fail = outer
    }
}
