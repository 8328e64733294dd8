/// Which rules of a document can hold, by what their bodies compare with constants: OPA's rule
/// index, less its treatment of `glob.match`. Traces show what it leaves out, so it must leave out
/// the same.
struct RuleLookup: Sendable {
    /// What is compared.
    enum Place: Hashable, Sendable {
        /// Operands below `input`, as constants.
        case input([Int32])
        case data([Int32])
        /// An argument of the function, from zero.
        case argument(Int)
    }

    /// What a place must be.
    indirect enum Condition: Sendable {
        case defined
        /// A constant.
        case scalar(Int32)
        case array([Condition])

        /// OPA visits rules that need less of a place before those that need more.
        var rank: Int {
            switch self {
            case .defined: 1
            case .scalar: 2
            case .array: 3
            }
        }
    }

    /// A rule, or what follows an `else`.
    struct Link: Sendable {
        /// The position of its rule among those of the document.
        let rule: Int
        var conditions: [(place: Int, condition: Condition)] = []
        /// The constant that is its value, if it is one.
        let value: Int32?
    }

    var places: [Place] = []
    var links: [Link] = []
    /// The document has one value, so that evaluation may stop at the first.
    var isComplete = false

    /// What a lookup found.
    struct Result {
        /// By link.
        var matched: [Bool] = []
        var ruleCount = 0
        /// All that matched have the same constant value: the first solution is enough.
        var isEarlyExit = false
    }

    func match(_ moment: TraceMoment) -> Result {
        let values = places.map { moment.resolve($0) }
        var result = Result()
        var rules = Set<Int>()
        var found = Set<Int32>()
        var isConstant = true
        for link in links {
            let holds = link.conditions.allSatisfy {
                moment.holds($0.condition, values[$0.place])
            }
            result.matched.append(holds)
            guard holds else { continue }
            rules.insert(link.rule)
            if let value = link.value { found.insert(value) } else { isConstant = false }
        }
        result.ruleCount = rules.count
        result.isEarlyExit = rules.isEmpty || isComplete && isConstant && found.count == 1
        return result
    }
}

extension TraceMoment {
    fileprivate func resolve(_ place: RuleLookup.Place) -> Value {
        switch place {
        case .input(let keys): follow(scope.pointee.input, keys)
        case .data(let keys): follow(scope.pointee.data, keys)
        case .argument(let position): base[position + 1]
        }
    }

    private func follow(_ document: Value, _ keys: [Int32]) -> Value {
        keys.reduce(document) { found, key in
            found.isUndefined ? found : Machine.member(of: found, value(key))
        }
    }

    fileprivate func holds(_ condition: RuleLookup.Condition, _ found: Value) -> Bool {
        guard found.isDefined else { return false }
        switch condition {
        case .defined: return true
        case .scalar(let constant): return Value.same(found, value(constant))
        case .array(let elements):
            guard found.isArray, found.array.count == elements.count else { return false }
            return elements.indices.allSatisfy { holds(elements[$0], found.array[$0]) }
        }
    }
}
