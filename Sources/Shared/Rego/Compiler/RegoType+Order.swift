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

    /// Nothing is known of more alternatives than this.
    private static let membersMax = 64

    private static func merge(_ members: [RegoType], _ others: [RegoType]) -> [RegoType] {
        let all = members + others.filter { !members.contains($0) }
        return all.count > membersMax ? [] : all.sorted(by: precedes)
    }

    // MARK: bounds

    /// How deep a type may nest, and how many types it may hold, before its parts are `any`.
    private static let depthMax = 24
    private static let partsMax = 2_000

    /// The type with `any` for what is too much of it: types of types grow without end.
    var bounded: RegoType {
        var parts = 0
        return isSmall(0, &parts) ? self : truncated(Self.depthMax, parts: Self.partsMax)
    }

    private func isSmall(_ depth: Int, _ parts: inout Int) -> Bool {
        parts += 1
        guard depth <= Self.depthMax, parts <= Self.partsMax else { return false }
        switch self {
        case .null, .boolean, .number, .string, .unknown: return true
        case .array(let types, let rest):
            for type in types where !type.isSmall(depth + 1, &parts) { return false }
            return rest?.isSmall(depth + 1, &parts) ?? true
        case .object(let properties, let rest):
            for property in properties where !property.type.isSmall(depth + 1, &parts) {
                return false
            }
            guard let rest else { return true }
            return rest.key.isSmall(depth + 1, &parts) && rest.value.isSmall(depth + 1, &parts)
        case .set(let type): return type.isSmall(depth + 1, &parts)
        case .union(let types):
            for type in types where !type.isSmall(depth + 1, &parts) { return false }
            return true
        case .function(let types, let result):
            for type in types where !type.isSmall(depth + 1, &parts) { return false }
            return result?.isSmall(depth + 1, &parts) ?? true
        }
    }

    /// The outermost levels alone, each part of which gets its share of `parts`.
    private func truncated(_ depth: Int, parts: Int) -> RegoType {
        guard depth > 0, parts > 1 else { return isScalarType ? self : .any }
        switch self {
        case .null, .boolean, .number, .string, .unknown, .union: return isScalarType ? self : .any
        case .array(let types, let rest):
            guard types.count < parts else { return .array([], rest: .any) }
            let share = parts / (types.count + 1)
            return .array(
                types.map { $0.truncated(depth - 1, parts: share) },
                rest: rest?.truncated(depth - 1, parts: share))
        case .object(let properties, let rest):
            guard properties.count < parts else {
                return .object([], rest: TypeRest(key: .any, value: .any))
            }
            let share = parts / (properties.count + 1)
            return .object(
                properties.map {
                    TypeProperty(key: $0.key, type: $0.type.truncated(depth - 1, parts: share))
                },
                rest: rest.map {
                    TypeRest(key: .any, value: $0.value.truncated(depth - 1, parts: share))
                })
        case .set(let type): return .set(type.truncated(depth - 1, parts: parts - 1))
        case .function(let types, let result):
            return .function(
                types.map { $0.truncated(1, parts: 2) }, result: result?.truncated(1, parts: 2))
        }
    }

    private var isScalarType: Bool {
        switch self {
        case .null, .boolean, .number, .string, .unknown: true
        case .array, .object, .set, .union, .function: false
        }
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
