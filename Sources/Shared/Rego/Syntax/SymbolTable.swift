/// The texts behind the symbols of one set of modules, in the order they were first seen.
///
/// The words in `Symbol`'s extension are in every table under the same id.
public struct SymbolTable: Sendable {
    private var texts: [String]
    private var hashes: [UInt32]
    private var slots: [UInt32]
    private var freshCount = 0

    /// The well-known words and those of the builtins' names, which every table begins with.
    private static let standard: SymbolTable = {
        var table = SymbolTable(vacant: ())
        table.slots = Array(repeating: 0, count: 4096)
        for word in Symbol.wellKnownWords { _ = table.intern(word) }
        for declaration in BuiltinDeclarations.all {
            for word in declaration.name.split(separator: ".") { _ = table.intern(String(word)) }
        }
        return table
    }()

    /// A table that holds the well-known words and those of the builtins' names.
    public init() {
        self = Self.standard
    }

    /// A table without even the well-known words, to stand in while a parser holds the real one.
    init(vacant: Void) {
        texts = []
        hashes = []
        slots = []
    }

    /// How many symbols there are; their ids are `0 ..< count`.
    public var count: Int { texts.count }

    /// The text of a symbol of this table.
    public subscript(symbol: Symbol) -> String { texts[Int(symbol.id)] }

    /// The symbol for a text, made if the text is new.
    public mutating func intern(_ text: String) -> Symbol {
        var text = text
        return text.withUTF8 { intern($0) }
    }

    /// The symbol for UTF-8 text, made if the text is new. Ill-formed bytes become U+FFFD.
    public mutating func intern(_ bytes: UnsafeBufferPointer<UInt8>) -> Symbol {
        let hash = Self.hash(bytes)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let id = slots[slot] - 1
            if hashes[Int(id)] == hash, matches(bytes, texts[Int(id)]) { return Symbol(id: id) }
            slot = (slot + 1) & (slots.count - 1)
        }
        texts.append(String(decoding: bytes, as: UTF8.self))
        hashes.append(hash)
        slots[slot] = UInt32(texts.count)
        let symbol = Symbol(id: UInt32(texts.count - 1))
        if texts.count * 2 > slots.count { grow() }
        return symbol
    }

    /// The symbol for a text, if the table has one.
    public func find(_ text: String) -> Symbol? {
        var text = text
        return text.withUTF8 { bytes in
            let hash = Self.hash(bytes)
            var slot = Int(hash) & (slots.count - 1)
            while slots[slot] != 0 {
                let id = slots[slot] - 1
                if hashes[Int(id)] == hash, matches(bytes, texts[Int(id)]) {
                    return Symbol(id: id)
                }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// The symbol is the name of a wildcard.
    func isWildcard(_ symbol: Symbol) -> Bool { texts[Int(symbol.id)].utf8.first == 0x24 }

    /// The symbol is named as the compiler names its variables.
    func isLocal(_ symbol: Symbol) -> Bool {
        texts[Int(symbol.id)].utf8.starts(with: "__local".utf8)
    }

    /// A variable name that no source can spell and no earlier call returned.
    ///
    /// - Parameter prefix: `__local` for the compiler's own variables.
    public mutating func fresh(prefix: String) -> Symbol {
        while true {
            let name = "\(prefix)\(freshCount)__"
            freshCount += 1
            if find(name) == nil { return intern(name) }
        }
    }

    private func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ text: String) -> Bool {
        var text = text
        return text.withUTF8 { $0.count == bytes.count && $0.elementsEqual(bytes) }
    }

    private mutating func grow() {
        var wider = [UInt32](repeating: 0, count: slots.count * 2)
        for id in hashes.indices {
            var slot = Int(hashes[id]) & (wider.count - 1)
            while wider[slot] != 0 { slot = (slot + 1) & (wider.count - 1) }
            wider[slot] = UInt32(id + 1)
        }
        slots = wider
    }

    /// FNV-1a; the table is bounded by the source size, so chosen collisions cost the writer of
    /// a policy alone.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash ^ (hash >> 15)
    }
}
