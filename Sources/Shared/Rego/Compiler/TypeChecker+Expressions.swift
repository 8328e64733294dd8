/// Calls and unifications.
extension TypeChecker {
    /// Checks an expression without its closures and refs, and learns types of variables from it.
    mutating func check(_ expression: Expression) -> Fault? {
        if let fault = checkModifiers(expression) { return fault }
        guard case .call(let terms) = expression.kind, case .ref(let name) = terms[0].value else {
            return nil
        }
        return terms[0].isOperator(.eq)
            ? checkUnification(terms, expression) : checkCall(name, terms, expression)
    }

    private mutating func checkModifiers(_ expression: Expression) -> Fault? {
        for modifier in expression.modifiers {
            guard case .ref(let name) = modifier.target.value,
                case .function? = declaredType(of: modifier.target),
                case .function? = declaredType(of: modifier.value),
                !RegoType.unifies(
                    declaredType(of: modifier.target), declaredType(of: modifier.value))
            else { continue }
            let text = context.printer.text(ref: name)
            return fault("\(text): arity mismatch", at: modifier.location)
        }
        return nil
    }

    /// The type of a function, whatever `with` makes of it.
    private func declaredType(of term: Term) -> RegoType? {
        guard case .ref(let name) = term.value else { return nil }
        if let known = environment.type(ofRef: name, context.symbols) { return known }
        return builtins.type(of: name)
    }

    private mutating func checkCall(
        _ name: [Term], _ terms: [Term], _ expression: Expression
    ) -> Fault? {
        var text: String { context.printer.text(ref: name) }
        let found = declaredType(of: terms[0])
        guard case .function(let arguments, let result)? = found else {
            if found == .any { return nil }
            return fault("undefined function \(text)", at: expression.location)
        }
        if builtins.find(name)?.isVariadic == true { return nil }
        let operands = terms.dropFirst()
        let operandsMax = arguments.count + (result == nil ? 0 : 1)
        if operands.count > operandsMax || operands.count < arguments.count {
            let message = operands.count > operandsMax ? "too many" : "too few"
            return fault(
                "\(text): \(message) arguments", at: expression.location,
                isCausedByUnknown: hasUnknown(operands))
        }
        for index in operands.indices {
            let type = index <= arguments.count ? arguments[index - 1] : result
            guard let type, !unify(operands[index], type) else { continue }
            return fault(
                "\(text): invalid argument(s)", at: expression.location,
                isCausedByUnknown: hasUnknown(operands))
        }
        return nil
    }

    private mutating func hasUnknown(_ operands: ArraySlice<Term>) -> Bool {
        for operand in operands where type(of: operand)?.hasUnknown ?? true { return true }
        return false
    }

    private mutating func checkUnification(_ terms: [Term], _ expression: Expression) -> Fault? {
        guard terms.count == 3 else {
            let message = terms.count < 3 ? "eq: too few arguments" : "eq: too many arguments"
            return fault(message, at: expression.location)
        }
        let left = type(of: terms[1])
        let right = type(of: terms[2])
        if unify(terms[1], left, terms[2], right) { return nil }
        return fault(
            "match error", at: expression.location,
            isCausedByUnknown: (left?.hasUnknown ?? true) || (right?.hasUnknown ?? true))
    }

    // MARK: two terms

    private mutating func unify(
        _ left: Term, _ leftType: RegoType?, _ right: Term, _ rightType: RegoType?
    ) -> Bool {
        let isLeftKnown = !(leftType?.hasUnknown ?? true)
        let isRightKnown = !(rightType?.hasUnknown ?? true)
        if isLeftKnown, isRightKnown { return RegoType.unifies(leftType, rightType) }
        if isRightKnown, let rightType { return unify(left, rightType) }
        if isLeftKnown, let leftType { return unify(right, leftType) }
        switch (left.value, right.value) {
        case (.array(let first), .array(let second)):
            guard first.count == second.count else { return false }
            for (left, right) in zip(first, second) where !unifyTerms(left, right) { return false }
            return true
        case (.object(let first), .object(let second)): return unify(first, second)
        case (.array, .variable), (.object, .variable):
            return unify(left, .any) && unify(right, type(of: left) ?? .any)
        case (.variable, .array), (.variable, .object):
            return unify(right, .any) && unify(left, type(of: right) ?? .any)
        case (.variable, .variable):
            return unify(left, .any) && unify(right, type(of: left) ?? .any)
        // A comprehension or set with members of which nothing is known.
        case (.variable(let name), _) where leftType == nil:
            environment.set(rightType ?? .any, of: name)
            return true
        case (_, .variable(let name)) where rightType == nil:
            environment.set(leftType ?? .any, of: name)
            return true
        default: return false
        }
    }

    private mutating func unifyTerms(_ left: Term, _ right: Term) -> Bool {
        unify(left, type(of: left), right, type(of: right))
    }

    private mutating func unify(_ first: [ObjectItem], _ second: [ObjectItem]) -> Bool {
        guard first.count == second.count else { return false }
        for item in first {
            guard let other = second.first(where: { $0.key.isSame(as: item.key) }),
                unifyTerms(item.value, other.value)
            else { return false }
        }
        return true
    }

    // MARK: a term and a type

    /// Whether a term can be of a type; variables without a type get it.
    mutating func unify(_ term: Term, _ type: RegoType, isUnion: Bool = false) -> Bool {
        switch term.value {
        case .array(let terms):
            guard case .array(let types, let rest) = type else {
                return unifyComposite(term, type)
            }
            guard terms.count == types.count || rest != nil else { return false }
            for (index, element) in terms.enumerated() {
                guard let expected = index < types.count ? types[index] : rest,
                    unify(element, expected, isUnion: isUnion)
                else { return false }
            }
            return true
        case .object(let items):
            guard case .object = type else { return unifyComposite(term, type) }
            return unify(items, type, isUnion: isUnion)
        case .set(let terms):
            guard case .set(let element) = type else { return unifyComposite(term, type) }
            for term in terms where !unify(term, element, isUnion: isUnion) { return false }
            return true
        case .variable(let name): return unify(variable: name, type, isUnion: isUnion)
        default: return RegoType.unifies(self.type(of: term), type)
        }
    }

    private mutating func unify(variable name: Symbol, _ type: RegoType, isUnion: Bool) -> Bool {
        let known = environment.type(of: name)
        if isUnion {
            environment.set(RegoType.or(known, type) ?? .any, of: name)
            return true
        }
        if let known { return RegoType.unifies(known, type) }
        environment.set(type, of: name)
        return true
    }

    /// A composite against a union: it may be any member that it fits.
    private mutating func unifyComposite(_ term: Term, _ type: RegoType) -> Bool {
        guard case .union(let members) = type else { return false }
        if members.isEmpty {
            term.forEachChild(term: { _ = unify($0, .any, isUnion: true) }, body: { _ in })
            return true
        }
        var isPossible = false
        for member in members where unify(term, member, isUnion: true) { isPossible = true }
        return isPossible
    }

    private mutating func unify(_ items: [ObjectItem], _ type: RegoType, isUnion: Bool) -> Bool {
        guard case .object(let properties, let rest) = type,
            items.count == properties.count || rest != nil
        else { return false }
        for item in items {
            guard let key = TypeKey(item.key, context.symbols) else {
                _ = unify(item.value, .any, isUnion: isUnion)
                continue
            }
            guard let expected = type.select(key), unify(item.value, expected, isUnion: isUnion)
            else { return false }
        }
        return true
    }
}
