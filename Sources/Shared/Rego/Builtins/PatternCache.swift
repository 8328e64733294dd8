internal import Glibc

/// What was compiled from patterns, found again by the pattern's bytes without allocating.
///
/// A fixed number of slots, each holding the latest pattern that fell into it: bounded whatever a
/// policy does, and a policy's constant patterns stay.
final class PatternCache<Compiled> {
    private struct Slot {
        let key: [UInt8]
        let tag: UInt32
        let compiled: Compiled
    }

    private var slots: [Slot?]

    /// - Parameter slotCount: a power of two.
    init(slotCount: Int = 256) {
        slots = Array(repeating: nil, count: slotCount)
    }

    /// The compiled form of `key`; made by `compile` when it is not there. `tag` tells apart
    /// patterns of the same text that were compiled differently.
    func compiled(
        _ key: UnsafeRawBufferPointer, tag: UInt32 = 0,
        _ compile: (Span<UInt8>) throws(BuiltinFault) -> Compiled
    ) throws(BuiltinError) -> Compiled {
        let index = slot(of: key, tag)
        if let slot = slots[index], slot.tag == tag, Self.same(slot.key, key) {
            return slot.compiled
        }
        do {
            let compiled = try compile(key.utf8)
            slots[index] = Slot(key: Array(key), tag: tag, compiled: compiled)
            return compiled
        } catch {
            throw .failure(error.text)
        }
    }

    /// What was inserted under `key`, when it is still there.
    func find(_ key: [UInt8]) -> Compiled? {
        key.withUnsafeBytes { bytes in
            guard let slot = slots[slot(of: bytes, 0)], Self.same(slot.key, bytes) else {
                return nil
            }
            return slot.compiled
        }
    }

    func insert(_ compiled: Compiled, for key: [UInt8]) {
        let index = key.withUnsafeBytes { slot(of: $0, 0) }
        slots[index] = Slot(key: key, tag: 0, compiled: compiled)
    }

    private func slot(of key: UnsafeRawBufferPointer, _ tag: UInt32) -> Int {
        guard let base = key.baseAddress else { return 0 }
        let hash = StringHash.of(base.assumingMemoryBound(to: UInt8.self), key.count)
        return Int((hash ^ tag) & UInt32(slots.count - 1))
    }

    private static func same(_ key: [UInt8], _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard key.count == bytes.count else { return false }
        guard let base = bytes.baseAddress else { return true }
        return key.withUnsafeBytes { $0.baseAddress.map { memcmp($0, base, bytes.count) == 0 } }
            ?? true
    }
}

extension UnsafeRawBufferPointer {
    /// The same bytes as a span. Whoever made the buffer keeps them alive; for a value's bytes
    /// that is its arena.
    var utf8: Span<UInt8> {
        @_lifetime(borrow self) get {
            let span = Span<UInt8>(_unsafeElements: assumingMemoryBound(to: UInt8.self))
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }
}
