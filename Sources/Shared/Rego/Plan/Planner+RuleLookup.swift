extension Planner {
    /// What is known of a document's rules before they are entered, and the order in which OPA's
    /// index finds them.
    func ruleLookup(_ rules: [PlannedRule]) -> (lookup: RuleLookup, rules: [PlannedRule]) {
        var places: [RuleLookup.Place: (count: Int, location: SourceLocation)] = [:]
        let found = rules.map { rule in
            rule.links.map { link in
                conditions(of: link).map { place, location, condition in
                    places[place, default: (0, location)].count += 1
                    return (place, condition)
                }
            }
        }
        var lookup = RuleLookup()
        lookup.places = places.sorted { left, right in
            left.value.count != right.value.count
                ? left.value.count > right.value.count
                : Self.precedes(left.value.location, right.value.location)
        }.map(\.key)
        let numbers = Dictionary(
            uniqueKeysWithValues: lookup.places.enumerated().map { ($0.element, $0.offset) })
        let all = found.map { links in
            links.map { conditions in conditions.map { (numbers[$0.0] ?? 0, $0.1) } }
        }
        let order = rules.indices.sorted { left, right in
            let (first, second) = (rank(all[left], lookup), rank(all[right], lookup))
            return first == second ? left < right : first.lexicographicallyPrecedes(second)
        }
        lookup.isComplete = rules.allSatisfy { !$0.head.isPartialSet && $0.operands.isEmpty }
        for (position, rule) in order.enumerated() {
            for (link, conditions) in zip(rules[rule].links, all[rule]) {
                let value = link.head.value.map { Constant($0) } ?? .boolean(true)
                lookup.links.append(
                    RuleLookup.Link(
                        rule: position, conditions: conditions,
                        value: value.map { constant($0) }))
            }
        }
        return (lookup, order.map { rules[$0] })
    }

    private static func precedes(_ left: SourceLocation, _ right: SourceLocation) -> Bool {
        (left.file, left.row, left.column) < (right.file, right.row, right.column)
    }

    /// Where the index finds the first of a rule's links: those without conditions come first.
    private func rank(
        _ links: [[(place: Int, condition: RuleLookup.Condition)]], _ lookup: RuleLookup
    ) -> [Int] {
        let ranks = links.map { conditions -> [Int] in
            guard !conditions.isEmpty else { return [] }
            var ranks = [Int](repeating: 0, count: lookup.places.count)
            for (place, condition) in conditions { ranks[place] = condition.rank }
            return ranks
        }
        return ranks.min { $0.lexicographicallyPrecedes($1) } ?? []
    }

    private typealias Found = (
        place: RuleLookup.Place, location: SourceLocation, condition: RuleLookup.Condition
    )

    private func conditions(of rule: Rule) -> [Found] {
        var found: [Found] = []
        for expression in rule.body where !expression.isNegated && expression.modifiers.isEmpty {
            if case .term(let term) = expression.kind, let place = place(term, in: rule) {
                if case .argument = place { continue }
                insert((place, term.location, .defined), &found)
            }
            guard case .call(let terms) = expression.kind, let name = terms.first else { continue }
            if ["internal.print", "internal.test_case"].contains(operatorName(name).name) {
                return []
            }
            guard let (left, right) = equation(expression) else { continue }
            for (side, other) in [(left, right), (right, left)] {
                guard let place = place(side, in: rule), let condition = condition(other) else {
                    continue
                }
                insert((place, side.location, condition), &found)
                break
            }
        }
        return found
    }

    /// The last condition on a place counts.
    private func insert(_ one: Found, _ found: inout [Found]) {
        if let known = found.firstIndex(where: { $0.place == one.place }) {
            found[known] = one
        } else {
            found.append(one)
        }
    }

    private func place(_ term: Term, in rule: Rule) -> RuleLookup.Place? {
        switch term.value {
        case .variable(let name):
            let position = (rule.head.arguments ?? []).firstIndex { argument in
                if case .variable(name) = argument.value { true } else { false }
            }
            return position.map { .argument($0) }
        case .ref(let terms):
            guard case .variable(let root)? = terms.first?.value else { return nil }
            let operands = terms.dropFirst().map { Constant($0) }
            guard operands.allSatisfy({ $0 != nil && $0?.isScalar == true }) else { return nil }
            let keys = operands.compactMap { $0 }.map { constant($0) }
            if root == .input { return .input(keys) }
            guard root == .data, let path = names(terms[1...]), isBaseOnly(path) else {
                return nil
            }
            return .data(keys)
        default: return nil
        }
    }

    private func condition(_ term: Term, isElement: Bool = false) -> RuleLookup.Condition? {
        switch term.value {
        case .null, .boolean, .number, .string: Constant(term).map { .scalar(constant($0)) }
        case .variable(let name) where name != .data && name != .input: .defined
        case .array(let terms) where !isElement: elements(terms)
        default: nil
        }
    }

    private func elements(_ terms: [Term]) -> RuleLookup.Condition? {
        let conditions = terms.compactMap { condition($0, isElement: true) }
        return conditions.count == terms.count ? .array(conditions) : nil
    }
}

extension Constant {
    var isScalar: Bool {
        switch self {
        case .null, .boolean, .number, .string, .index: true
        case .undefined, .array, .set, .object, .data, .dataIndex: false
        }
    }
}
