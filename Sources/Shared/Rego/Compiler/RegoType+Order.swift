/// Joining types. A missing type is `nil` or `unknown`; it adds nothing to a union.
extension RegoType {
    private var rank: Int {
        switch self {
        case .null: 0
        case .boolean: 1
        case .number: 2
        case .string: 3
        case .array: 4
        case .object: 5
        case .set: 6
        case .union: 7
        case .function: 8
        case .unknown: 9
        }
    }

    /// An order in which unions keep their members.
    static func precedes(_ left: RegoType, _ right: RegoType) -> Bool {
        left.rank < right.rank
    }

    var isAny: Bool { self == .any }

    var isUnknown: Bool { self == .unknown }

    /// The type, or part of it, is not known.
    var hasUnknown: Bool {
        switch self {
        case .unknown: true
        case .null, .boolean, .number, .string, .union: false
        case .array(let types, let rest):
            types.contains(where: \.hasUnknown) || rest?.hasUnknown ?? false
        case .object(let properties, let rest):
            properties.contains { $0.type.hasUnknown }
                || rest.map { $0.key.hasUnknown || $0.value.hasUnknown } ?? false
        case .set(let type): type.hasUnknown
        case .function(let arguments, let result):
            arguments.contains(where: \.hasUnknown) || result?.hasUnknown ?? true
        }
    }

    /// What is of one type or the other.
    static func or(_ left: RegoType?, _ right: RegoType?) -> RegoType? {
        guard let left, left != .unknown else { return right == .unknown ? nil : right }
        guard let right, right != .unknown, left != right else { return left }
        switch (left, right) {
        case (.function(let first, let result), .function(let second, let other)):
            guard first.count == second.count else { return nil }
            let arguments = zip(first, second).map { or($0, $1) ?? .unknown }
            return .function(arguments, result: or(result, other))
        case (.function, _), (_, .function): return nil
        case (.union(let members), .union(let others)):
            if members.isEmpty || others.isEmpty { return .any }
            return .union(merge(members, others))
        case (.union(let members), _):
            return members.isEmpty ? left : .union(merge(members, [right]))
        case (_, .union(let members)):
            return members.isEmpty ? right : .union(merge(members, [left]))
        default: return .union([left, right].sorted(by: precedes))
        }
    }

    private static func merge(_ members: [RegoType], _ others: [RegoType]) -> [RegoType] {
        (members + others.filter { !members.contains($0) }).sorted(by: precedes)
    }

    /// One of the members of a union, or the type itself.
    func contains(_ other: RegoType) -> Bool {
        guard case .union(let members) = self else { return self == other }
        if case .function = other { return false }
        return members.isEmpty || members.contains(other)
    }

    // MARK: selection

    /// The type of what may select in a value of the type; nil if nothing may.
    var keys: RegoType? {
        switch self {
        case .array: return .number
        case .set(let type): return type
        case .object(let properties, let rest):
            var result: RegoType?
            for property in properties { result = Self.or(result, property.key.type) }
            return Self.or(result, rest?.key)
        case .union(let members):
            return members.isEmpty ? .any : members.reduce(nil) { Self.or($1.keys, $0) }
        case .null, .boolean, .number, .string, .function, .unknown: return nil
        }
    }

    /// The type of what can be selected in a value of the type; nil if nothing can.
    var values: RegoType? {
        switch self {
        case .array(let types, let rest):
            return Self.or(types.reduce(nil) { Self.or($0, $1) }, rest)
        case .set(let type): return type
        case .object(let properties, let rest):
            return Self.or(properties.reduce(nil) { Self.or($0, $1.type) }, rest?.value)
        case .union(let members):
            return members.isEmpty ? .any : members.reduce(nil) { Self.or($1.values, $0) }
        case .null, .boolean, .number, .string, .function, .unknown: return nil
        }
    }

    /// The type of what a constant selects; nil if it selects nothing.
    func select(_ key: TypeKey) -> RegoType? {
        switch self {
        case .array(let types, let rest):
            guard case .number(let text) = key, let index = Int(text), index >= 0 else {
                return nil
            }
            return index < types.count ? types[index] : rest
        case .object(let properties, let rest):
            if let property = properties.first(where: { $0.key == key }) { return property.type }
            guard let rest, rest.key.contains(key.type) else { return nil }
            return rest.value
        case .set(let type):
            if type == key.type { return type }
            if case .union = type, type.contains(key.type) { return key.type }
            return nil
        case .union(let members):
            if members.isEmpty { return .any }
            return members.reduce(nil) { Self.or($1.select(key), $0) }
        case .null, .boolean, .number, .string, .function, .unknown: return nil
        }
    }
}

extension TypeKey {
    /// The type of the key itself.
    var type: RegoType {
        switch self {
        case .null: .null
        case .boolean: .boolean
        case .number: .number
        case .string: .string
        }
    }
}
