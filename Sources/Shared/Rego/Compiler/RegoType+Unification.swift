/// Whether values of two types can be equal.
extension RegoType {
    static func unifies(_ left: RegoType?, _ right: RegoType?) -> Bool {
        guard let left, let right, left != .unknown, right != .unknown else { return false }
        var isUnion = false
        if case .union(let members) = left {
            if unifies(members, right) { return true }
            isUnion = true
        }
        if case .union(let members) = right {
            if unifies(members, left) { return true }
            isUnion = true
        }
        return !isUnion && unifiesPlain(left, right)
    }

    private static func unifies(_ members: [RegoType], _ other: RegoType) -> Bool {
        if case .function = other { return false }
        return members.isEmpty || members.contains { unifies($0, other) }
    }

    private static func unifiesPlain(_ left: RegoType, _ right: RegoType) -> Bool {
        switch (left, right) {
        case (.null, .null), (.boolean, .boolean), (.number, .number), (.string, .string): true
        case (.set(let left), .set(let right)): unifies(left, right)
        case (.array, .array): unifiesArrays(left, right)
        case (.object, .object): unifiesObjects(left, right)
        case (.function(let left, _), .function(let right, _)):
            left.count == right.count && zip(left, right).allSatisfy { unifies($0, $1) }
        default: false
        }
    }

    private static func unifiesArrays(_ left: RegoType, _ right: RegoType) -> Bool {
        guard case .array(let first, let rest) = left, case .array(let second, let other) = right
        else { return false }
        for index in 0..<max(first.count, second.count) {
            let leftType = index < first.count ? first[index] : rest
            let rightType = index < second.count ? second[index] : other
            guard unifies(leftType, rightType) else { return false }
        }
        guard let rest, let other else { return true }
        return unifies(rest, other)
    }

    private static func unifiesObjects(_ left: RegoType, _ right: RegoType) -> Bool {
        guard case .object(let first, let rest) = left,
            case .object(let second, let other) = right
        else { return false }
        for property in first where !unifies(property.type, right.select(property.key)) {
            return false
        }
        for property in second where !unifies(left.select(property.key), property.type) {
            return false
        }
        guard let rest, let other else { return true }
        return unifies(rest.value, other.value)
    }
}
