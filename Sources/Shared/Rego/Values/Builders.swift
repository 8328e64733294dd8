internal import Glibc

/// Values collected in an arena, growing in place while nothing else is allocated.
struct ValueList: BitwiseCopyable {
    let arena: Arena
    private(set) var base: UnsafeMutablePointer<Value>
    private(set) var count = 0
    private(set) var capacity: Int
    /// Words before the first value, for a header that `finish` writes.
    private let reserved: Int

    init(_ arena: Arena, capacity: Int, reserved: Int) {
        self.arena = arena
        self.capacity = max(capacity, 4)
        self.reserved = reserved
        base = arena.allocateValues(self.capacity + reserved) + reserved
    }

    @inline(__always) mutating func append(_ value: Value) {
        if count == capacity { grow() }
        base[count] = value
        count &+= 1
    }

    mutating func setCount(_ count: Int) { self.count = count }

    /// The block including the reserved words, without the unused tail.
    func closed() -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer(base - reserved)
        arena.trim(block, from: (capacity + reserved) * 8, to: (count + reserved) * 8)
        return block
    }

    private mutating func grow() {
        let block = UnsafeMutableRawPointer(base - reserved)
        let old = (capacity + reserved) * 8
        let new = (capacity * 2 + reserved) * 8
        if !arena.extend(block, from: old, to: new) {
            let larger = arena.allocate(bytes: new)
            memcpy(larger, block, old)
            base = larger.assumingMemoryBound(to: Value.self) + reserved
        }
        capacity *= 2
    }
}

/// Builds an array in an arena.
public struct ArrayBuilder: BitwiseCopyable {
    private var list: ValueList

    public init(_ arena: Arena, capacity: Int = 8) {
        list = ValueList(arena, capacity: capacity, reserved: 1)
    }

    public var count: Int { list.count }

    /// What has been appended so far, to look at or to rearrange.
    public var buffer: UnsafeMutableBufferPointer<Value> {
        UnsafeMutableBufferPointer(start: list.base, count: list.count)
    }

    public mutating func append(_ value: Value) { list.append(value) }

    /// The array. The builder must not be used afterwards.
    public func finish() -> Value {
        let block = list.closed()
        block.assumingMemoryBound(to: ArrayHeader.self).pointee = ArrayHeader(count: list.count)
        return Value(tag: .array, pointer: block)
    }
}

/// Builds a set in an arena: members in any order, repeats allowed.
public struct SetBuilder: BitwiseCopyable {
    private var list: ValueList
    private var compactAt = 64

    public init(_ arena: Arena, capacity: Int = 8) {
        list = ValueList(arena, capacity: capacity, reserved: 2)
    }

    public mutating func insert(_ value: Value) {
        if list.count == compactAt { compact() }
        list.append(value)
    }

    /// The set. The builder must not be used afterwards.
    public mutating func finish() -> Value {
        compact()
        let block = list.closed()
        let table = block.assumingMemoryBound(to: KeyTable.self)
        table.pointee = KeyTable(keys: list.base, count: list.count)
        return Value(tag: .set, pointer: block)
    }

    /// Sorts and drops repeats, so that few distinct members never take much room.
    private mutating func compact() {
        ValueSort.sort(list.base, count: list.count, arena: list.arena)
        var kept = 0
        for index in 0..<list.count {
            if kept > 0, Value.same(list.base[kept - 1], list.base[index]) { continue }
            list.base[kept] = list.base[index]
            kept += 1
        }
        list.setCount(kept)
        compactAt = max(64, kept * 2)
    }
}

/// Builds an object in an arena: members in any order.
public struct ObjectBuilder: BitwiseCopyable {
    private var list: ValueList

    public init(_ arena: Arena, capacity: Int = 8) {
        list = ValueList(arena, capacity: capacity * 2, reserved: 0)
    }

    public var count: Int { list.count / 2 }

    public mutating func set(_ key: Value, _ value: Value) {
        list.append(key)
        list.append(value)
    }

    public mutating func set(_ key: StaticString, _ value: Value) {
        set(list.arena.string(key), value)
    }

    /// The object; of several values for a key the last one counts.
    public mutating func finish() -> Value {
        sort()
        return store(distinct: unite(keepingLast: true))
    }

    /// The object, or undefined when a key came with two different values.
    public mutating func finishWithoutConflict() -> Value {
        sort()
        let distinct = unite(keepingLast: false)
        return distinct < 0 ? .undefined : store(distinct: distinct)
    }

    /// The object, each key with an array of all the values that it came with, in their order.
    public mutating func finishGrouped() -> Value {
        sort()
        let pairs = list.base
        var kept = 0
        var start = 0
        while start < count {
            var end = start + 1
            while end < count, Value.same(pairs[end * 2], pairs[start * 2]) { end += 1 }
            let values = list.arena.array(count: end - start) { pairs[(start + $0) * 2 + 1] }
            pairs[kept * 2] = pairs[start * 2]
            pairs[kept * 2 + 1] = values
            kept += 1
            start = end
        }
        return store(distinct: kept)
    }

    private mutating func sort() {
        ValueSort.sortPairs(list.base, count: list.count / 2, arena: list.arena)
    }

    /// Merges neighbours with equal keys; -1 when their values differ and may not.
    private mutating func unite(keepingLast: Bool) -> Int {
        let pairs = list.base
        var kept = 0
        for index in 0..<(list.count / 2) {
            let (key, value) = (pairs[index * 2], pairs[index * 2 + 1])
            if kept > 0, Value.same(pairs[kept * 2 - 2], key) {
                if !keepingLast, !Value.same(pairs[kept * 2 - 1], value) { return -1 }
                pairs[kept * 2 - 1] = value
                continue
            }
            pairs[kept * 2] = key
            pairs[kept * 2 + 1] = value
            kept += 1
        }
        return kept
    }

    private func store(distinct count: Int) -> Value {
        let arena = list.arena
        let table = arena.keyTable(count: count) { list.base[$0 * 2] }
        return arena.object(keys: table) { list.base[$0 * 2 + 1] }
    }
}

extension KeyTable {
    init(keys: UnsafePointer<Value>, count: Int) {
        var interned = true
        for index in 0..<count where !keys[index].has(.interned) { interned = false }
        self.init(count: count, slotMask: 0, allInterned: interned)
    }
}

extension Arena {
    public func array(_ elements: Value...) -> Value {
        array(count: elements.count) { elements[$0] }
    }

    /// An array of `count` elements, each made by `element`.
    public func array(count: Int, _ element: (Int) -> Value) -> Value {
        let block = allocateValues(count + 1)
        let elements = block + 1
        for index in 0..<count { elements[index] = element(index) }
        UnsafeMutableRawPointer(block).assumingMemoryBound(to: ArrayHeader.self)
            .pointee = ArrayHeader(count: count)
        return Value(tag: .array, pointer: block)
    }

    /// A table of sorted distinct keys.
    @inline(__always)
    func keyTable(count: Int, _ key: (Int) -> Value) -> UnsafePointer<KeyTable> {
        let block = allocateValues(count + 2)
        let keys = block + 2
        for index in 0..<count { keys[index] = key(index) }
        let table = UnsafeMutableRawPointer(block).assumingMemoryBound(to: KeyTable.self)
        table.pointee = KeyTable(keys: keys, count: count)
        return UnsafePointer(table)
    }

    /// An object with these keys; `value` is asked once for each position.
    @inline(__always)
    func object(keys: UnsafePointer<KeyTable>, _ value: (Int) -> Value) -> Value {
        let count = Int(keys.pointee.count)
        let block = allocateValues(count + 1)
        let values = block + 1
        for index in 0..<count { values[index] = value(index) }
        UnsafeMutableRawPointer(block).assumingMemoryBound(to: ObjectHeader.self)
            .pointee = ObjectHeader(keys: keys)
        return Value(tag: .object, pointer: block)
    }
}
