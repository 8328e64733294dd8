/// Where a node begins in its source, and how much of it the node covers.
public struct SourceLocation: Hashable, Sendable, BitwiseCopyable {
    /// The index of the source in the order it was given to the compiler.
    public var file: UInt32
    /// The line, from 1.
    public var row: UInt32
    /// The column, from 1, in code points.
    public var column: UInt32
    /// The first byte, from 0.
    public var offset: UInt32
    /// How many bytes the node covers; 0 for a node that the compiler made.
    public var length: UInt32

    init(file: Int = 0, row: Int = 0, column: Int = 0, offset: Int = 0, length: Int = 0) {
        self.file = UInt32(truncatingIfNeeded: file)
        self.row = UInt32(truncatingIfNeeded: row)
        self.column = UInt32(truncatingIfNeeded: column)
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.length = UInt32(truncatingIfNeeded: length)
    }

    /// The place after the last byte.
    var end: Int { Int(offset) + Int(length) }
}
