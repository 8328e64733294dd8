/// What many rules of one document compare with a constant each.
enum IndexedOperand: Hashable {
    case input([Symbol])
    /// A function's argument, by its position.
    case argument(Int)
}

extension Planner {
    private static let indexedRulesMin = 4

    /// Plans rules one after another, but lets the machine jump over those whose comparison of an
    /// input field or argument with a constant cannot hold (OPA: rule indexing).
    func planIndexed(
        _ rules: [PlannedRule], _ plan: (PlannedRule) throws(RegoError) -> Void
    ) throws(RegoError) {
        guard trace == nil, let operand = sharedOperand(rules) else {
            for rule in rules { try plan(rule) }
            return
        }
        var groups: [(key: Constant, rules: [PlannedRule])] = []
        var groupOfKey: [Constant: Int] = [:]
        for rule in rules {
            guard let key = comparisons(of: rule)[operand] else {
                try plan(rule)
                continue
            }
            if let known = groupOfKey[key] {
                groups[known].rules.append(rule)
            } else {
                groupOfKey[key] = groups.count
                groups.append((key, [rule]))
            }
        }
        try planSwitch(operand, groups, plan)
    }

    private func planSwitch(
        _ operand: IndexedOperand, _ groups: [(key: Constant, rules: [PlannedRule])],
        _ plan: (PlannedRule) throws(RegoError) -> Void
    ) throws(RegoError) {
        let end = code.newLabel()
        let value = load(operand, orElse: end)
        let table = groups.indices.map { index in
            Constant.Member(key: groups[index].key, value: .index(index))
        }
        code.emit(.choose, 0, value, constant(.object(table)), to: end)
        let labels = groups.map { _ in code.newLabel() }
        for label in labels { code.jump(to: label) }
        for (group, label) in zip(groups, labels) {
            code.place(label)
            for rule in group.rules { try plan(rule) }
            code.jump(to: end)
        }
        code.place(end)
    }

    private func load(_ operand: IndexedOperand, orElse end: FunctionCode.Label) -> Int32 {
        switch operand {
        case .argument(let position): return Int32(position + 1)
        case .input(let names):
            let value = code.register()
            let path = path(names)
            code.emit(.inputPath, value, 0, path.start, path.count, to: end)
            return value
        }
    }

    /// The operand that most rules compare with a constant, if enough of them do.
    private func sharedOperand(_ rules: [PlannedRule]) -> IndexedOperand? {
        guard rules.count >= Self.indexedRulesMin else { return nil }
        var counts: [IndexedOperand: Int] = [:]
        var best: (operand: IndexedOperand, count: Int)?
        for rule in rules {
            for operand in comparisons(of: rule).keys {
                let count = counts[operand, default: 0] + 1
                counts[operand] = count
                if count > best?.count ?? 0 { best = (operand, count) }
            }
        }
        guard let best, best.count >= Self.indexedRulesMin else { return nil }
        return best.operand
    }

    /// Comparisons that must hold for the rule to have any value.
    private func comparisons(of rule: PlannedRule) -> [IndexedOperand: Constant] {
        guard rule.links.count == 1 else { return [:] }
        var found: [IndexedOperand: Constant] = [:]
        for (position, argument) in (rule.head.arguments ?? []).enumerated() {
            if let key = indexKey(argument) { found[.argument(position)] = key }
        }
        for expression in rule.first.body {
            guard let (left, right) = equation(expression) else { continue }
            if let names = inputPath(left), let key = indexKey(right) { found[.input(names)] = key }
            if let names = inputPath(right), let key = indexKey(left) { found[.input(names)] = key }
        }
        return found
    }

    /// Constants that are equal only to themselves; numbers have several spellings.
    private func indexKey(_ term: Term) -> Constant? {
        switch term.value {
        case .string(let text): .string(text)
        case .boolean(let value): .boolean(value)
        case .null: .null
        default: nil
        }
    }

    private func inputPath(_ term: Term) -> [Symbol]? {
        guard case .ref(let terms) = term.value, case .variable(.input)? = terms.first?.value,
            terms.count > 1
        else { return nil }
        return names(terms[1...])
    }
}
