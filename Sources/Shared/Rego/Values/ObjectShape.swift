/// The keys of objects that are made again and again: sorted once, shared by all of them.
///
/// Made by `Freezer.shape`, valid as long as what that freezer seals, and the data that the keys
/// come from.
public struct ObjectShape: @unchecked Sendable {
    // Sendable: points to frozen memory.
    let table: UnsafePointer<KeyTable>
    /// Where the value of each key goes, in the order in which the keys were given.
    let places: [UInt8]
}

extension Freezer {
    /// The most keys that a shape may have.
    public static let shapeKeysMax = 64

    /// A shape with these distinct keys.
    public func shape(_ keys: [Value]) -> ObjectShape {
        precondition(keys.count <= Self.shapeKeysMax)
        let table = object(keys.map { ($0, .null) }).object.table
        precondition(Int(table.pointee.count) == keys.count, "the keys of a shape are distinct")
        let places = keys.map { UInt8(truncatingIfNeeded: table.position(of: $0)) }
        return ObjectShape(table: table, places: places)
    }
}

/// An object of a known shape in the making: each value goes straight to its place.
public struct ShapedObject {
    private let block: UnsafeMutablePointer<Value>
    private let places: UnsafeBufferPointer<UInt8>
    private var next = 0

    fileprivate init(_ block: UnsafeMutablePointer<Value>, _ places: UnsafeBufferPointer<UInt8>) {
        self.block = block
        self.places = places
    }

    /// The value of the next key, in the order in which the shape's keys were given.
    public mutating func add(_ value: Value) {
        block[1 &+ Int(places[next])] = value
        next &+= 1
    }

    fileprivate var isComplete: Bool { next == places.count }
}

extension Arena {
    /// An object of that shape; `fill` adds one value for each key.
    public func object(
        _ shape: borrowing ObjectShape, _ fill: (inout ShapedObject) -> Void
    ) -> Value {
        let count = shape.places.count
        let block = allocateValues(count &+ 1)
        UnsafeMutableRawPointer(block).assumingMemoryBound(to: ObjectHeader.self)
            .pointee = ObjectHeader(keys: shape.table)
        shape.places.withUnsafeBufferPointer { places in
            var object = ShapedObject(block, places)
            fill(&object)
            precondition(object.isComplete, "a value is missing")
        }
        return Value(tag: .object, pointer: UnsafeRawPointer(block))
    }
}
