/// A value that is known before evaluation: of the program alone, or of the data it is linked to.
enum Constant: Hashable, Sendable {
    case undefined
    case null
    case boolean(Bool)
    case number(Symbol)
    /// A position in an array.
    case index(Int)
    case string(Symbol)
    case array([Constant])
    case set([Constant])
    case object([Member])
    /// The base document at a path, undefined when there is none.
    case data([Symbol])
    /// An index of the collection at a path by what its elements have at `field`.
    case dataIndex([Symbol], field: [Symbol])

    struct Member: Hashable, Sendable {
        let key: Constant
        let value: Constant
    }

    /// The constant a term is, when it has no variable, reference or call in it.
    init?(_ term: Term) {
        switch term.value {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .number(let digits): self = .number(digits)
        case .string(let text): self = .string(text)
        case .array(let terms):
            guard let elements = Self.all(terms) else { return nil }
            self = .array(elements)
        case .set(let terms):
            guard let members = Self.all(terms) else { return nil }
            self = .set(members)
        case .object(let items):
            guard let keys = Self.all(items.map(\.key)), let values = Self.all(items.map(\.value))
            else { return nil }
            self = .object(zip(keys, values).map { Member(key: $0, value: $1) })
        case .variable, .ref, .call, .arrayComprehension, .setComprehension,
            .objectComprehension, .templateString:
            return nil
        }
    }

    private static func all(_ terms: [Term]) -> [Constant]? {
        var constants: [Constant] = []
        constants.reserveCapacity(terms.count)
        for term in terms {
            guard let constant = Constant(term) else { return nil }
            constants.append(constant)
        }
        return constants
    }
}
