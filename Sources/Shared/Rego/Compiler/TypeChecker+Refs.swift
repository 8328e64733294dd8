/// Refs: every operand must be able to select something.
extension TypeChecker {
    /// Checks the refs of an expression, those of comprehensions and `with` aside.
    mutating func checkRefs(of expression: Expression) -> [Fault] {
        var faults: [Fault] = []
        switch expression.kind {
        case .call(let terms): for term in terms.dropFirst() { checkRefs(in: term, &faults) }
        case .term(let term): checkRefs(in: term, &faults)
        case .every(let every):
            checkRefs(in: every.domain, &faults)
            for inner in every.body { faults += checkRefs(of: inner) }
        case .someDeclaration, .negation, .and, .or: break
        }
        return faults
    }

    private mutating func checkRefs(in term: Term, _ faults: inout [Fault]) {
        switch term.value {
        case .arrayComprehension, .setComprehension, .objectComprehension, .templateString, .null,
            .boolean, .number, .string, .variable:
            return
        case .ref(let ref):
            if let fault = check(ref) {
                faults.append(fault)
                return
            }
            for operand in ref { checkRefs(in: operand, &faults) }
        default: term.forEachChild(term: { checkRefs(in: $0, &faults) }, body: { _ in })
        }
    }

    private mutating func check(_ ref: [Term]) -> Fault? {
        if overrides.type(of: ref, graph: graph, context.symbols) != nil { return nil }
        if namesFunction(ref) {
            let text = context.printer.text(ref: ref)
            return fault("function \(text) used as reference, not called", at: ref[0].location)
        }
        for level in environment.levels.indices.reversed() {
            switch walk(ref, level) {
            case .fault(let fault): return fault
            case .done: return nil
            case .absent: continue
            }
        }
        if case .variable(let name) = ref[0].value, name == .data || name == .input {
            return checkLeaf(.any, ref, 1)
        }
        return checkLeaf(.any, ref, 0)
    }

    /// The ref, or what it selects in, is a function.
    private func namesFunction(_ ref: [Term]) -> Bool {
        guard case .variable(let head) = ref[0].value, head != .input else { return false }
        if head == .data { return environment.isFunction(onPathTo: ref) }
        guard environment.type(of: head) == nil else { return false }
        return builtins.hasBuiltin(onPathTo: ref)
    }

    private enum Walk {
        case fault(Fault)
        case done
        /// The tree of the level does not know the ref.
        case absent
    }

    /// Follows a ref in the tree of one level, down to a type.
    private mutating func walk(_ ref: [Term], _ level: Int) -> Walk {
        var node = 0
        for index in ref.indices {
            let operand = ref[index]
            if index == 1 || index == 2 {
                switch operand.value {
                case .variable, .string: break
                default: return .fault(undefined(ref))
                }
            }
            if index > 0, case .variable(let name) = operand.value {
                let tree = environment.levels[level]
                guard let keys = environment.extent(tree, node, context.symbols).keys else {
                    return .fault(undefined(ref))
                }
                if let known = environment.type(of: name) {
                    guard RegoType.unifies(keys, known) else { return .fault(undefined(ref)) }
                } else {
                    environment.set(keys, of: name)
                }
            }
            guard let child = environment.levels[level].child(node, operand) else {
                return index > 0 && level == 0 ? .done : .absent
            }
            if let type = environment.levels[level].nodes[child].type {
                return checkLeaf(type, ref, index + 1).map { .fault($0) } ?? .done
            }
            node = child
        }
        return .done
    }

    private func undefined(_ ref: [Term]) -> Fault {
        fault("undefined ref: \(context.printer.text(ref: ref))", at: ref[0].location)
    }

    /// Checks the operands from `index` on against the type of what comes before them.
    private mutating func checkLeaf(_ type: RegoType, _ ref: [Term], _ index: Int) -> Fault? {
        var type = type
        for operand in ref[index...] {
            guard let keys = type.keys else { return undefined(ref) }
            switch operand.value {
            case .variable(let name):
                if let known = environment.type(of: name) {
                    guard RegoType.unifies(known, keys) else { return undefined(ref) }
                } else {
                    environment.set(keys, of: name)
                }
            case .ref(let inner):
                if let known = self.type(ofRef: inner), !RegoType.unifies(known, keys) {
                    return undefined(ref)
                }
            case .array, .object, .set:
                guard unify(operand, keys) else { return undefined(ref) }
            default:
                guard let key = TypeKey(operand, context.symbols), let child = type.select(key)
                else { return undefined(ref) }
                type = child
                continue
            }
            guard let values = type.values else { return undefined(ref) }
            type = values
        }
        return nil
    }
}
