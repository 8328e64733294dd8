internal import Glibc

/// Finds the elements of a frozen collection by a field, without looking at the others.
///
/// Candidates only: elements whose field has the same hash come too, so whoever uses it compares
/// again. They come in the collection's order.
final class CollectionIndex: @unchecked Sendable {
    // Sendable: written in `init` only.

    /// A count of slots, then slots, then for each element the next one of its slot; all `UInt32`,
    /// positions counted from one.
    let table: UnsafeMutablePointer<UInt32>

    /// Fewer elements are faster to look at one by one.
    private static let countMin = 8

    init?(_ collection: Value, field: [Value]) {
        guard let count = collection.collectionCount, count >= Self.countMin, count < 1 << 30
        else { return nil }
        var slots = 16
        while slots < count { slots *= 2 }
        table = .allocate(capacity: 1 + slots + count)
        table.initialize(repeating: 0, count: 1 + slots + count)
        table[0] = UInt32(slots)
        let next = table + 1 + slots
        for position in stride(from: count - 1, through: 0, by: -1) {
            var value = Self.element(collection, position)
            for key in field { value = Machine.member(of: value, key) }
            guard value.isDefined else { continue }
            let slot = Int(value.hash) & (slots - 1)
            next[position] = table[1 + slot]
            table[1 + slot] = UInt32(position + 1)
        }
    }

    deinit { table.deallocate() }

    private static func element(_ collection: Value, _ position: Int) -> Value {
        switch collection.kind {
        case .array: collection.array[position]
        case .object: collection.object.value(at: position)
        case .set: collection.set[position]
        case .undefined, .null, .boolean, .number, .string: .undefined
        }
    }

    /// The first candidate for a key, counted from one; zero when there is none.
    static func first(_ table: UnsafePointer<UInt32>, key: Value) -> Int {
        let slots = Int(table[0])
        return Int(table[1 + (Int(key.hash) & (slots - 1))])
    }

    /// The candidate after `position` (from one); zero when there is none.
    static func next(_ table: UnsafePointer<UInt32>, after position: Int) -> Int {
        Int(table[Int(table[0]) + position])
    }
}
