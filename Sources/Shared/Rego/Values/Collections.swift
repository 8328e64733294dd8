/// What an array value points at: a count, then the elements.
struct ArrayHeader: BitwiseCopyable {
    let count: Int
}

/// A sorted list of distinct keys: a whole set, or the key side of objects, which share it when
/// they have the same keys. Layout: this header, `count` keys, then `slotMask + 1` slots.
struct KeyTable: BitwiseCopyable {
    let count: UInt32
    /// Size of the hash index minus one; zero when there is none.
    let slotMask: UInt32
    /// One when every key is an interned string, so that an equal one mostly has the same bits.
    let interned: UInt64

    init(count: Int, slotMask: Int, allInterned: Bool) {
        self.count = UInt32(truncatingIfNeeded: count)
        self.slotMask = UInt32(truncatingIfNeeded: slotMask)
        interned = allInterned ? 1 : 0
    }

    @inline(__always) var allInterned: Bool { interned != 0 }

    /// Below this a scan beats the hash index.
    static let indexedFrom = 9
}

/// What an object value points at: its keys, then one value per key in the same order.
struct ObjectHeader: BitwiseCopyable {
    let keys: UnsafePointer<KeyTable>
}

/// Read access to an array.
public struct ArrayView: BitwiseCopyable, Sendable {
    private let base: UInt

    init(_ pointer: UnsafeRawPointer) { base = UInt(bitPattern: pointer) }

    private var raw: UnsafeRawPointer { UnsafeRawPointer(bitPattern: base).unsafelyUnwrapped }

    public var count: Int { raw.load(as: Int.self) }

    @inline(__always) var elements: UnsafePointer<Value> {
        (raw + 8).assumingMemoryBound(to: Value.self)
    }

    /// The element at `index`, or undefined when there is none.
    @inline(__always) public subscript(index: Int) -> Value {
        UInt(bitPattern: index) < UInt(bitPattern: count) ? elements[index] : .undefined
    }

    public var buffer: UnsafeBufferPointer<Value> {
        UnsafeBufferPointer(start: elements, count: count)
    }
}

/// Read access to a set. Members are in OPA's order.
public struct SetView: BitwiseCopyable, Sendable {
    private let base: UInt

    init(_ table: UnsafePointer<KeyTable>) { base = UInt(bitPattern: table) }

    @inline(__always) var table: UnsafePointer<KeyTable> {
        UnsafePointer(bitPattern: base).unsafelyUnwrapped
    }

    public var count: Int { Int(table.pointee.count) }

    public subscript(position: Int) -> Value {
        UInt(bitPattern: position) < UInt(bitPattern: count) ? table.keys[position] : .undefined
    }

    public func contains(_ member: Value) -> Bool { table.position(of: member) >= 0 }

    public var buffer: UnsafeBufferPointer<Value> {
        UnsafeBufferPointer(start: table.keys, count: count)
    }
}

/// Read access to an object. Members are in OPA's order of their keys.
public struct ObjectView: BitwiseCopyable, Sendable {
    private let base: UInt

    init(_ pointer: UnsafeRawPointer) { base = UInt(bitPattern: pointer) }

    @inline(__always) private var header: UnsafePointer<ObjectHeader> {
        UnsafePointer(bitPattern: base).unsafelyUnwrapped
    }

    @inline(__always) var table: UnsafePointer<KeyTable> { header.pointee.keys }

    @inline(__always) var values: UnsafePointer<Value> {
        UnsafeRawPointer(header + 1).assumingMemoryBound(to: Value.self)
    }

    public var count: Int { Int(table.pointee.count) }

    var valueBuffer: UnsafeBufferPointer<Value> {
        UnsafeBufferPointer(start: values, count: count)
    }

    /// The value under `key`, or undefined.
    @inline(__always) public subscript(key: Value) -> Value {
        let position = table.position(of: key)
        return position >= 0 ? values[position] : .undefined
    }

    /// The value under a string key, or undefined.
    public subscript(text: StaticString) -> Value {
        for position in 0..<count where key(at: position).isString(text) {
            return values[position]
        }
        return .undefined
    }

    public func key(at position: Int) -> Value {
        UInt(bitPattern: position) < UInt(bitPattern: count) ? table.keys[position] : .undefined
    }

    public func value(at position: Int) -> Value {
        UInt(bitPattern: position) < UInt(bitPattern: count) ? values[position] : .undefined
    }

    /// The keys as a set, without copying.
    public var keys: Value { Value(tag: .set, pointer: table) }
}

extension Value {
    /// The elements; an empty array for anything else.
    @inline(__always) public var array: ArrayView {
        ArrayView(has(.array) ? pointer : Value.emptyArray.pointer)
    }

    /// The members; an empty object for anything else.
    @inline(__always) public var object: ObjectView {
        ObjectView(has(.object) ? pointer : Value.emptyObject.pointer)
    }

    /// The members; an empty set for anything else.
    @inline(__always) public var set: SetView {
        let value = has(.set) ? self : Value.emptySet
        return SetView(value.pointer.assumingMemoryBound(to: KeyTable.self))
    }

    public static let emptyArray: Value = {
        let block = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
        block.storeBytes(of: 0, as: Int.self)
        return Value(tag: .array, pointer: block)
    }()

    public static let emptySet: Value = {
        let table = UnsafeMutablePointer<KeyTable>.allocate(capacity: 1)
        table.initialize(to: KeyTable(count: 0, slotMask: 0, allInterned: true))
        return Value(tag: .set, pointer: table)
    }()

    public static let emptyObject: Value = {
        let header = UnsafeMutablePointer<ObjectHeader>.allocate(capacity: 1)
        let keys = emptySet.pointer.assumingMemoryBound(to: KeyTable.self)
        header.initialize(to: ObjectHeader(keys: keys))
        return Value(tag: .object, pointer: header)
    }()
}

extension UnsafePointer where Pointee == KeyTable {
    @inline(__always) var keys: UnsafePointer<Value> {
        UnsafeRawPointer(self + 1).assumingMemoryBound(to: Value.self)
    }

    @inline(__always) private var slots: UnsafePointer<UInt32> {
        UnsafeRawPointer(keys + Int(pointee.count)).assumingMemoryBound(to: UInt32.self)
    }

    /// The position of `key`, or -1.
    @inline(__always) func position(of key: Value) -> Int {
        let count = Int(pointee.count)
        if pointee.allInterned, key.has(.interned), pointee.slotMask == 0 {
            let keys = self.keys
            for position in 0..<count where keys[position].bits == key.bits { return position }
            // Not there, or interned by another snapshot's tables.
        }
        return pointee.slotMask != 0 ? hashedPosition(of: key) : searchedPosition(of: key, count)
    }

    private func hashedPosition(of key: Value) -> Int {
        let mask = Int(pointee.slotMask)
        var slot = Int(key.hash) & mask
        while true {
            let entry = Int(slots[slot])
            if entry == 0 { return -1 }
            if Value.same(keys[entry - 1], key) { return entry - 1 }
            slot = (slot + 1) & mask
        }
    }

    private func searchedPosition(of key: Value, _ count: Int) -> Int {
        if count < KeyTable.indexedFrom {
            for position in 0..<count where Value.same(keys[position], key) { return position }
            return -1
        }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let order = Value.order(keys[middle], key)
            if order == 0 { return middle }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return -1
    }

    /// Bytes that a table needs, with or without an index.
    static func bytes(count: Int, slots: Int) -> Int {
        MemoryLayout<KeyTable>.size + count * 8 + slots * 4
    }

    /// Slots for a table of `count` keys: a power of two, at most two thirds full.
    static func slotCount(for count: Int) -> Int {
        var slots = 16
        while slots * 2 < count * 3 { slots *= 2 }
        return slots
    }
}
