/// A set of names. Most hold a handful, which a scan of an array finds fastest; many are hashed.
struct SymbolSet {
    private static let scannedMax = 24

    private(set) var items: [Symbol] = []
    private var hashed: Set<Symbol> = []

    init() {}

    init(_ symbols: some Sequence<Symbol>) {
        for symbol in symbols { insert(symbol) }
    }

    var isEmpty: Bool { items.isEmpty }
    var count: Int { items.count }

    func contains(_ symbol: Symbol) -> Bool {
        items.count <= Self.scannedMax ? items.contains(symbol) : hashed.contains(symbol)
    }

    mutating func insert(_ symbol: Symbol) {
        guard !contains(symbol) else { return }
        items.append(symbol)
        if items.count == Self.scannedMax + 1 {
            hashed = Set(items)
        } else if items.count > Self.scannedMax {
            hashed.insert(symbol)
        }
    }

    mutating func remove(_ symbol: Symbol) {
        guard let index = items.firstIndex(of: symbol) else { return }
        items.remove(at: index)
        hashed = items.count > Self.scannedMax ? Set(items) : []
    }

    mutating func formUnion(_ other: SymbolSet) {
        for symbol in other.items { insert(symbol) }
    }

    func union(_ other: SymbolSet) -> SymbolSet {
        var result = self
        result.formUnion(other)
        return result
    }

    func subtracting(_ other: SymbolSet) -> SymbolSet {
        if other.isEmpty { return self }
        return SymbolSet(items.lazy.filter { !other.contains($0) })
    }

    func intersection(_ other: SymbolSet) -> SymbolSet {
        SymbolSet(items.lazy.filter { other.contains($0) })
    }

    func isSubset(of other: SymbolSet) -> Bool { items.allSatisfy { other.contains($0) } }

    /// The same members, in whatever order.
    func hasSameMembers(as other: SymbolSet) -> Bool {
        count == other.count && isSubset(of: other)
    }
}
