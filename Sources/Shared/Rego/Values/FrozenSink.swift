internal import Bytes
internal import Glibc

/// Values of a frozen document: every string interned, equal key lists and small arrays shared.
struct FrozenSink: JSONSink, ~Copyable {
    let arena: Arena
    private let parent: FrozenData?
    private var strings = InternTable()
    private var shapes = ShapeTable()
    /// The last small array for each hash, to use again for an equal one.
    private var recentArrays = [Value](repeating: .undefined, count: 4096)
    private var unescaped: [UInt8] = []

    private static let sharedArrayMax = 8

    init(arena: Arena, parent: FrozenData?) {
        self.arena = arena
        self.parent = parent
    }

    mutating func takeStrings() -> InternTable {
        var taken = InternTable()
        swap(&taken, &strings)
        return taken
    }

    mutating func interned(_ bytes: UnsafeRawBufferPointer) -> Value {
        if let parent {
            let found = parent.internedString(bytes)
            if found.isDefined { return found }
        }
        return strings.intern(bytes, arena: arena)
    }

    mutating func string(_ text: UnsafeRawBufferPointer, hasEscapes: Bool) -> Value {
        guard hasEscapes else { return interned(text) }
        return withUnsafeTemporaryAllocation(byteCount: text.count, alignment: 1) { room in
            let count = JSONEscapes.resolve(text, to: room)
            return interned(UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
    }

    mutating func number(_ text: UnsafeRawBufferPointer) -> Value { arena.number(text: text) }

    mutating func array(_ elements: UnsafeBufferPointer<Value>) -> Value {
        guard elements.count <= Self.sharedArrayMax else { return newArray(elements) }
        var hash = UInt64(elements.count)
        for element in elements { hash = StringHash.mix(hash ^ element.bits) &+ 1 }
        let slot = Int(truncatingIfNeeded: hash & 4095)
        let known = recentArrays[slot]
        if known.isDefined, known.array.count == elements.count,
            zip(known.array.buffer, elements).allSatisfy({ $0.bits == $1.bits })
        {
            return known
        }
        let made = newArray(elements)
        recentArrays[slot] = made
        return made
    }

    private func newArray(_ elements: UnsafeBufferPointer<Value>) -> Value {
        arena.array(count: elements.count) { elements[$0] }
    }

    mutating func set(_ members: [Value]) -> Value {
        var pairs = members.flatMap { [$0, Value.null] }
        return pairs.withUnsafeMutableBufferPointer { object($0).object.keys }
    }

    mutating func object(_ pairs: UnsafeMutableBufferPointer<Value>) -> Value {
        if let shape = shapes.find(pairs) {
            return arena.object(keys: shape.keys) { pairs[Int(shape.order[$0]) * 2 + 1] }
        }
        let order = Self.sortedDistinct(pairs)
        let keys = shapes.keys(count: order.count, { pairs[Int(order[$0]) * 2] }, arena)
        shapes.remember(pairs, order: order, keys: keys)
        return arena.object(keys: keys) { pairs[Int(order[$0]) * 2 + 1] }
    }

    /// Positions of the members in key order; of equal keys the last.
    private static func sortedDistinct(_ pairs: UnsafeMutableBufferPointer<Value>) -> [UInt32] {
        var order = (0..<UInt32(pairs.count / 2)).map { $0 }
        order.sort { left, right in
            let order = Value.order(pairs[Int(left) * 2], pairs[Int(right) * 2])
            return order == 0 ? left < right : order < 0
        }
        var kept = 0
        for position in order {
            let key = pairs[Int(position) * 2]
            if kept > 0, Value.same(pairs[Int(order[kept - 1]) * 2], key) { kept -= 1 }
            order[kept] = position
            kept += 1
        }
        order.removeLast(order.count - kept)
        return order
    }
}

/// Key tables by the sequence of keys, in the order of the text and in sorted order.
struct ShapeTable {
    struct Shape {
        /// The keys as the text has them.
        let written: [UInt64]
        let order: [UInt32]
        let keys: UnsafePointer<KeyTable>
    }

    private var byWritten: [UInt64: Shape] = [:]
    private var bySorted: [UInt64: UnsafePointer<KeyTable>] = [:]

    private static let countMax = 64
    private static let shapesMax = 65_536

    func find(_ pairs: UnsafeMutableBufferPointer<Value>) -> Shape? {
        guard pairs.count <= Self.countMax * 2 else { return nil }
        guard let shape = byWritten[Self.hash(pairs)], shape.written.count * 2 == pairs.count
        else { return nil }
        for index in 0..<shape.written.count where shape.written[index] != pairs[index * 2].bits {
            return nil
        }
        return shape
    }

    mutating func remember(
        _ pairs: UnsafeMutableBufferPointer<Value>, order: [UInt32],
        keys: UnsafePointer<KeyTable>
    ) {
        guard pairs.count <= Self.countMax * 2, byWritten.count < Self.shapesMax else { return }
        let written = (0..<(pairs.count / 2)).map { pairs[$0 * 2].bits }
        byWritten[Self.hash(pairs)] = Shape(written: written, order: order, keys: keys)
    }

    /// A table of these sorted keys, with a hash index when there are many.
    mutating func keys(
        count: Int, _ key: (Int) -> Value, _ arena: Arena
    ) -> UnsafePointer<KeyTable> {
        var hash = UInt64(count)
        for index in 0..<count { hash = StringHash.mix(hash ^ key(index).bits) &+ 1 }
        if let known = bySorted[hash], Int(known.pointee.count) == count,
            (0..<count).allSatisfy({ known.keys[$0].bits == key($0).bits })
        {
            return known
        }
        let made = Self.make(count: count, key, arena)
        if count <= Self.countMax, bySorted.count < Self.shapesMax { bySorted[hash] = made }
        return made
    }

    private static func make(
        count: Int, _ key: (Int) -> Value, _ arena: Arena
    ) -> UnsafePointer<KeyTable> {
        guard count >= KeyTable.indexedFrom else { return arena.keyTable(count: count, key) }
        let slotCount = UnsafePointer<KeyTable>.slotCount(for: count)
        let block = arena.allocate(
            bytes: UnsafePointer<KeyTable>.bytes(count: count, slots: slotCount))
        let table = block.assumingMemoryBound(to: KeyTable.self)
        let keys = UnsafeMutableRawPointer(table + 1).assumingMemoryBound(to: Value.self)
        for index in 0..<count { keys[index] = key(index) }
        let plain = KeyTable(keys: keys, count: count)
        table.pointee = KeyTable(
            count: count, slotMask: slotCount - 1, allInterned: plain.allInterned)
        let slots = UnsafeMutableRawPointer(keys + count).assumingMemoryBound(to: UInt32.self)
        memset(slots, 0, slotCount * 4)
        for index in 0..<count {
            var slot = Int(keys[index].hash) & (slotCount - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
            slots[slot] = UInt32(index + 1)
        }
        return UnsafePointer(table)
    }

    private static func hash(_ pairs: UnsafeMutableBufferPointer<Value>) -> UInt64 {
        var hash = UInt64(pairs.count)
        for index in 0..<(pairs.count / 2) {
            hash = StringHash.mix(hash ^ pairs[index * 2].bits) &+ 1
        }
        return hash
    }
}
