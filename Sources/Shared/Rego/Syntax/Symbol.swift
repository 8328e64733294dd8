/// An interned text: a name, the contents of a string literal, or the digits of a number.
///
/// Symbols of one `SymbolTable` are equal exactly when their texts are.
public struct Symbol: Hashable, Sendable, BitwiseCopyable {
    /// The index in the table that made the symbol.
    public let id: UInt32

    init(id: UInt32) {
        self.id = id
    }
}
