extension Planner {
    /// Plans an expression with `with` modifiers.
    ///
    /// Its code runs in a scope of its own; the rest of the body, which is inside of its loops,
    /// runs in the outer scope again.
    func scoped(_ expression: Expression) throws(RegoError) -> Int32 {
        var plain = expression
        plain.modifiers = []
        let modifiers = try expression.modifiers.map { modifier throws(RegoError) in
            (modifier, try replacement(modifier))
        }
        let outerFail = code.fail
        let outer = code.register()
        let inner = code.register()
        code.emit(.scope, outer)
        code.emit(.copyScope, inner)
        for (modifier, value) in modifiers { try override(inner, modifier, value) }
        let failed = code.newLabel()
        code.emit(.enterScope, 0, inner)
        code.fail = failed
        let value = try self.expression(plain)
        code.emit(.enterScope, 0, outer)
        leave(failed, outer: outer, inner: inner, outerFail)
        return value
    }

    /// The ways out of a scope: no solution, and back into a loop for the next one.
    private func leave(
        _ failed: FunctionCode.Label, outer: Int32, inner: Int32, _ outerFail: FunctionCode.Label
    ) {
        let next = code.fail
        let after = code.newLabel()
        code.jump(to: after)
        code.place(failed)
        code.emit(.enterScope, 0, outer)
        code.jump(to: outerFail)
        if next == failed {
            code.fail = outerFail
        } else {
            let again = code.newLabel()
            code.place(again)
            code.emit(.enterScope, 0, inner)
            code.jump(to: next)
            code.fail = again
        }
        code.place(after)
    }

    /// What a modifier puts in place: a value, or nil for a function.
    private func replacement(_ modifier: WithModifier) throws(RegoError) -> Int32? {
        if let slot = functionSlot(modifier.target),
            candidate(modifier.value, slot: slot) != nil
        {
            return nil
        }
        return try term(modifier.value)
    }

    private func functionSlot(_ target: Term) -> Int? {
        if let path = OverrideTargets.documentPath(target),
            !OverrideTargets.isFunction(path, tree)
        {
            return nil
        }
        guard let name = OverrideTargets.functionName(target, symbols) else { return nil }
        return overrides.slot(function: name)
    }

    /// The number of the function or builtin that a term names, among the slot's candidates.
    private func candidate(_ value: Term, slot: Int) -> Int? {
        guard let name = OverrideTargets.functionName(value, symbols) else { return nil }
        if let path = OverrideTargets.documentPath(value) {
            guard OverrideTargets.isFunction(path, tree) else { return nil }
        } else if declarations.find(named: name) == nil {
            return nil
        }
        return overrides.candidates(slot: slot).firstIndex(of: name)
    }

    private func override(
        _ scope: Int32, _ modifier: WithModifier, _ value: Int32?
    ) throws(RegoError) {
        if let slot = functionSlot(modifier.target) {
            if let value {
                code.emit(.mockByValue, scope, value, Int32(slot))
            } else if let number = candidate(modifier.value, slot: slot) {
                code.emit(.mockByFunction, scope, 0, Int32(slot), Int32(number))
            }
            return
        }
        guard let target = OverrideTargets.documentPath(modifier.target), let value else {
            throw fault("with target cannot be replaced", modifier.location)
        }
        let path = self.path(target.dropFirst())
        if target.first == .input {
            code.emit(.overrideInput, scope, value, path.start, path.count)
        } else if let slot = overrides.slot(document: target) {
            code.emit(.overrideData, scope, value, path.start, path.count)
            code.emit(.markOverridden, scope, 0, Int32(slot))
        }
    }
}
