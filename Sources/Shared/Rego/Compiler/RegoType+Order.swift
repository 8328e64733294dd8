extension RegoType {
    private var rank: Int {
        switch self {
        case .boolean: 0
        case .null: 1
        case .number: 2
        case .string: 3
        case .array: 4
        case .object: 5
        case .set: 6
        case .union: 7
        case .function: 8
        }
    }

    /// An order in which unions keep their members.
    static func precedes(_ left: RegoType, _ right: RegoType) -> Bool {
        left.rank < right.rank
    }
}
