/// The words that are keywords only when a version or an import makes them so.
struct KeywordSet: OptionSet {
    let rawValue: UInt8

    static let `in` = KeywordSet(rawValue: 1)
    static let every = KeywordSet(rawValue: 2)
    static let contains = KeywordSet(rawValue: 4)
    static let `if` = KeywordSet(rawValue: 8)
    /// `not` is always a keyword; with this it negates a body.
    static let not = KeywordSet(rawValue: 16)
    static let and = KeywordSet(rawValue: 32)
    static let or = KeywordSet(rawValue: 64)

    /// What v1 has without an import.
    static let v1: KeywordSet = [.in, .every, .contains, .if]
    static let experimental: KeywordSet = [.and, .or]

    /// The keywords by name, in the order of messages.
    static let names: [(name: String, keyword: KeywordSet)] = [
        ("and", .and), ("contains", .contains), ("every", .every), ("if", .if), ("in", .in),
        ("not", .not), ("or", .or),
    ]

    /// The token of a word, if it is a keyword of the set or of every version.
    func token(for word: Symbol) -> TokenKind {
        switch word {
        case .package: .package
        case .import: .import
        case .as: .as
        case .default: .default
        case .else: .else
        case .not: .not
        case .some: .some
        case .with: .with
        case .null: .null
        case .true: .true
        case .false: .false
        case .in where contains(.in): .in
        case .every where contains(.every): .every
        case .contains where contains(.contains): .contains
        case .if where contains(.if): .if
        case .and where contains(.and): .and
        case .or where contains(.or): .or
        default: .identifier
        }
    }
}
