/// A set of names in the order they came. Most hold a handful, which lie in the set itself and are
/// found by a scan; many are hashed.
struct SymbolSet: RandomAccessCollection, Sendable {
    private static let inlineMax = 8

    private struct Many: Sendable {
        var items: [Symbol]
        var hashed: Set<Symbol>
    }

    private(set) var count = 0
    private var few = InlineArray<8, Symbol>(repeating: .empty)
    /// All of them, once there are more than `inlineMax`.
    private var many: Many?

    init() {}

    init(_ symbols: some Sequence<Symbol>) {
        for symbol in symbols { insert(symbol) }
    }

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    subscript(position: Int) -> Symbol {
        if let many { return many.items[position] }
        precondition(position < count)
        return few[position]
    }

    func contains(_ symbol: Symbol) -> Bool {
        if let many { return many.hashed.contains(symbol) }
        for position in 0..<count where few[position] == symbol { return true }
        return false
    }

    mutating func insert(_ symbol: Symbol) {
        guard !contains(symbol) else { return }
        if count < Self.inlineMax {
            few[count] = symbol
        } else {
            if many == nil { many = Many(items: Array(self), hashed: Set(self)) }
            many?.items.append(symbol)
            many?.hashed.insert(symbol)
        }
        count += 1
    }

    mutating func remove(_ symbol: Symbol) {
        guard contains(symbol) else { return }
        self = SymbolSet(lazy.filter { $0 != symbol })
    }

    mutating func formUnion(_ other: SymbolSet) {
        for position in 0..<other.count { insert(other[position]) }
    }

    func union(_ other: SymbolSet) -> SymbolSet {
        var result = self
        result.formUnion(other)
        return result
    }

    func subtracting(_ other: SymbolSet) -> SymbolSet {
        if other.isEmpty { return self }
        var result = SymbolSet()
        for position in 0..<count where !other.contains(self[position]) {
            result.insert(self[position])
        }
        return result
    }

    func intersection(_ other: SymbolSet) -> SymbolSet {
        var result = SymbolSet()
        for position in 0..<count where other.contains(self[position]) {
            result.insert(self[position])
        }
        return result
    }

    func isSubset(of other: SymbolSet) -> Bool {
        for position in 0..<count where !other.contains(self[position]) { return false }
        return true
    }

    /// The same members, in whatever order.
    func hasSameMembers(as other: SymbolSet) -> Bool {
        count == other.count && isSubset(of: other)
    }
}
