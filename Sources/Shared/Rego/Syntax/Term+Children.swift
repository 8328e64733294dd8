// Uniform access to the parts of nodes, for passes that treat most forms alike.
//
// Each of these is a door of one line in front of its walk. The doors are not optimised, the walks
// are: else the compiler copies every walk for every closure that is passed to it, and the copies
// for the closures in those, which is most of the time that this module takes to build.

extension Term {
    /// Calls `visit` for each term directly inside, and `enter` for each body.
    @_optimize(none)
    func forEachChild(term visit: (Term) -> Void, body enter: (Body) -> Void) {
        walk(visit, enter)
    }

    /// Lets `change` alter each term directly inside, and `enter` each body.
    @_optimize(none)
    mutating func mutateChildren(
        term change: (inout Term) -> Void, body enter: (inout Body) -> Void
    ) {
        mutate(change, enter)
    }

    private func walk(_ visit: (Term) -> Void, _ enter: (Body) -> Void) {
        switch value {
        case .null, .boolean, .number, .string, .variable: break
        case .ref(let terms), .call(let terms), .array(let terms), .set(let terms):
            for term in terms { visit(term) }
        case .object(let items):
            for item in items {
                visit(item.key)
                visit(item.value)
            }
        case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
            visit(head)
            enter(body)
        case .objectComprehension(let key, let value, let body):
            visit(key)
            visit(value)
            enter(body)
        case .templateString(let template):
            for part in template.parts {
                switch part {
                case .literal(let term): visit(term)
                case .expression(let expression): enter([expression])
                }
            }
        }
    }

    // What changes is taken out of the term first, so that it is changed where it is.
    private mutating func mutate(
        _ change: (inout Term) -> Void, _ enter: (inout Body) -> Void
    ) {
        switch value {
        case .null, .boolean, .number, .string, .variable: break
        case .ref(var terms):
            value = .null
            terms.mutateEach(change)
            value = .ref(terms)
        case .call(var terms):
            value = .null
            terms.mutateEach(change)
            value = .call(terms)
        case .array(var terms):
            value = .null
            terms.mutateEach(change)
            value = .array(terms)
        case .set(var terms):
            value = .null
            terms.mutateEach(change)
            value = .set(terms)
        case .object(var items):
            value = .null
            for index in items.indices {
                change(&items[index].key)
                change(&items[index].value)
            }
            value = .object(items)
        case .arrayComprehension(var head, var body):
            value = .null
            change(&head)
            enter(&body)
            value = .arrayComprehension(head, body)
        case .setComprehension(var head, var body):
            value = .null
            change(&head)
            enter(&body)
            value = .setComprehension(head, body)
        case .objectComprehension(var key, var item, var body):
            value = .null
            change(&key)
            change(&item)
            enter(&body)
            value = .objectComprehension(key: key, value: item, body)
        case .templateString(var template):
            value = .null
            template.mutateParts(term: change, body: enter)
            value = .templateString(template)
        }
    }
}

extension [Term] {
    fileprivate mutating func mutateEach(_ change: (inout Term) -> Void) {
        withUnsafeMutableBufferPointer { terms in
            for index in terms.indices { change(&terms[index]) }
        }
    }
}

extension TemplateString {
    /// An expression is passed to `enter` as a body of one, and must stay one.
    @_optimize(none)
    mutating func mutateParts(term change: (inout Term) -> Void, body enter: (inout Body) -> Void) {
        mutate(change, enter)
    }

    private mutating func mutate(
        _ change: (inout Term) -> Void, _ enter: (inout Body) -> Void
    ) {
        for index in parts.indices {
            switch parts[index] {
            case .literal(var term):
                change(&term)
                parts[index] = .literal(term)
            case .expression(let expression):
                var body = [expression]
                enter(&body)
                if let changed = body.last { parts[index] = .expression(changed) }
            }
        }
    }
}

extension Expression {
    /// Calls `visit` for each term of the expression, `with` included, and `enter` for each body.
    @_optimize(none)
    func forEachChild(term visit: (Term) -> Void, body enter: (Body) -> Void) {
        walk(visit, enter)
    }

    /// Lets `change` alter each term of the expression, `with` included, and `enter` each body.
    @_optimize(none)
    mutating func mutateChildren(
        term change: (inout Term) -> Void, body enter: (inout Body) -> Void
    ) {
        mutate(change, enter)
        mutateModifiers(change)
    }

    /// As `mutateChildren`, without `with`.
    @_optimize(none)
    mutating func mutateOwnChildren(
        term change: (inout Term) -> Void, body enter: (inout Body) -> Void
    ) {
        mutate(change, enter)
    }

    private func walk(_ visit: (Term) -> Void, _ enter: (Body) -> Void) {
        switch kind {
        case .term(let term): visit(term)
        case .call(let terms), .someDeclaration(let terms): for term in terms { visit(term) }
        case .every(let every):
            if let key = every.key { visit(key) }
            visit(every.value)
            visit(every.domain)
            enter(every.body)
        case .negation(let body): enter(body)
        case .and(let left, let right), .or(let left, let right):
            enter(left)
            enter(right)
        }
        for modifier in modifiers {
            visit(modifier.target)
            visit(modifier.value)
        }
    }

    private mutating func mutateModifiers(_ change: (inout Term) -> Void) {
        for index in modifiers.indices {
            change(&modifiers[index].target)
            change(&modifiers[index].value)
        }
    }

    private mutating func mutate(
        _ change: (inout Term) -> Void, _ enter: (inout Body) -> Void
    ) {
        switch kind {
        case .term(var term):
            kind = .call([])
            change(&term)
            kind = .term(term)
        case .call(var terms):
            kind = .call([])
            terms.mutateEach(change)
            kind = .call(terms)
        case .someDeclaration(var terms):
            kind = .call([])
            terms.mutateEach(change)
            kind = .someDeclaration(terms)
        case .every(var every):
            kind = .call([])
            if var key = every.key {
                change(&key)
                every.key = key
            }
            change(&every.value)
            change(&every.domain)
            enter(&every.body)
            kind = .every(every)
        case .negation(var body):
            kind = .call([])
            enter(&body)
            kind = .negation(body)
        case .and(var left, var right):
            kind = .call([])
            enter(&left)
            enter(&right)
            kind = .and(left, right)
        case .or(var left, var right):
            kind = .call([])
            enter(&left)
            enter(&right)
            kind = .or(left, right)
        }
    }
}

extension RuleHead {
    /// The terms of the head in OPA's order: the path's operands, arguments, key, value.
    @_optimize(none)
    func forEachTerm(_ visit: (Term) -> Void) { walk(visit) }

    /// Lets `change` alter the arguments, key and value.
    @_optimize(none)
    mutating func mutateArgumentsAndValue(_ change: (inout Term) -> Void) { mutate(change) }

    private func walk(_ visit: (Term) -> Void) {
        for operand in reference.dropFirst() { visit(operand) }
        for argument in arguments ?? [] { visit(argument) }
        if let key { visit(key) }
        if let value { visit(value) }
    }

    private mutating func mutate(_ change: (inout Term) -> Void) {
        if var changed = arguments {
            arguments = nil
            changed.mutateEach(change)
            arguments = changed
        }
        if var changed = key {
            key = nil
            change(&changed)
            key = changed
        }
        if var changed = value {
            value = nil
            change(&changed)
            value = changed
        }
    }
}

extension Expression {
    /// The operator and operands of a call.
    var callTerms: [Term]? {
        if case .call(let terms) = kind { return terms }
        return nil
    }

    /// The expression calls the builtin of one word.
    func calls(_ name: Symbol) -> Bool { callTerms?[0].isOperator(name) ?? false }

    /// `some x, y` or `some x in xs`.
    var isSomeDeclaration: Bool {
        if case .someDeclaration = kind { return true }
        return false
    }

    /// `a = b` with exactly two operands.
    var isUnification: Bool { calls(.eq) && callTerms?.count == 3 }

    /// `left = right`, made by the compiler.
    static func unification(_ left: Term, _ right: Term) -> Expression {
        let name = Term(
            .ref([Term(.variable(.eq), right.location)]), right.location)
        var expression = Expression(.call([name, left, right]), right.location)
        expression.isGenerated = true
        return expression
    }
}
