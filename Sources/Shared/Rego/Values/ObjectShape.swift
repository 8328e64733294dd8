/// The keys of objects that are made again and again: sorted once, shared by all of them.
///
/// Made by `Freezer.shape`, valid as long as what that freezer seals, and the data that the keys
/// come from.
public struct ObjectShape: BitwiseCopyable, @unchecked Sendable {
    // Sendable: points to frozen memory.
    let table: UnsafePointer<KeyTable>
    /// Where the value of each key goes, in the order in which the keys were given.
    let places: UnsafePointer<UInt8>
}

extension Freezer {
    /// The most keys that a shape may have.
    public static let shapeKeysMax = 64

    /// A shape with these distinct keys.
    public func shape(_ keys: [Value]) -> ObjectShape {
        precondition(keys.count <= Self.shapeKeysMax)
        let table = object(keys.map { ($0, .null) }).object.table
        precondition(Int(table.pointee.count) == keys.count, "the keys of a shape are distinct")
        let places = bytes(keys.count)
        for (index, key) in keys.enumerated() {
            places[index] = UInt8(truncatingIfNeeded: table.position(of: key))
        }
        return ObjectShape(table: table, places: UnsafePointer(places))
    }
}

/// An object of a known shape in the making: each value goes straight to its place.
public struct ShapedObject {
    private let block: UnsafeMutablePointer<Value>
    private let places: UnsafePointer<UInt8>
    private let count: Int
    private var next = 0

    fileprivate init(_ block: UnsafeMutablePointer<Value>, _ shape: ObjectShape) {
        self.block = block
        places = shape.places
        count = Int(shape.table.pointee.count)
    }

    /// The value of the next key, in the order in which the shape's keys were given.
    public mutating func add(_ value: Value) {
        precondition(next < count)
        block[1 &+ Int(places[next])] = value
        next &+= 1
    }

    fileprivate var isComplete: Bool { next == count }
}

extension Arena {
    /// An object of that shape; `fill` adds one value for each key.
    @inline(__always)
    public func object(_ shape: ObjectShape, _ fill: (inout ShapedObject) -> Void) -> Value {
        let block = allocateValues(Int(shape.table.pointee.count) &+ 1)
        UnsafeMutableRawPointer(block).assumingMemoryBound(to: ObjectHeader.self)
            .pointee = ObjectHeader(keys: shape.table)
        var object = ShapedObject(block, shape)
        fill(&object)
        precondition(object.isComplete, "a value is missing")
        return Value(tag: .object, pointer: UnsafeRawPointer(block))
    }
}
