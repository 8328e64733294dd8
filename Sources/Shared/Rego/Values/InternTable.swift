internal import Glibc

/// The strings of a snapshot, each once, so that equal ones are the same eight bytes.
///
/// Written while data is loaded and programs are linked, by one thread; only read afterwards.
struct InternTable: ~Copyable {
    private var slots: UnsafeMutablePointer<Value>
    private var mask: Int
    private(set) var count = 0

    init(capacity: Int = 1024) {
        var size = 1024
        while size < capacity * 2 { size *= 2 }
        mask = size - 1
        slots = .allocate(capacity: size)
        slots.initialize(repeating: .undefined, count: size)
    }

    deinit { slots.deallocate() }

    /// The interned string with these bytes, or undefined.
    func find(_ bytes: UnsafeRawBufferPointer) -> Value {
        let first = bytes.firstByte
        return slots[slot(first, bytes.count, hash: StringHash.of(first, bytes.count))]
    }

    /// The interned string with these bytes, made in `arena` when it is new.
    mutating func intern(_ bytes: UnsafeRawBufferPointer, arena: Arena) -> Value {
        let first = bytes.firstByte
        let hash = StringHash.of(first, bytes.count)
        let at = slot(first, bytes.count, hash: hash)
        if slots[at].isDefined { return slots[at] }
        let copy = arena.string(bytes)
        copy.stringHeader.pointee.hash = hash
        let value = Value(tag: .interned, pointer: copy.pointer)
        slots[at] = value
        count += 1
        if count * 4 > (mask + 1) * 3 { grow() }
        return value
    }

    private func slot(_ bytes: UnsafePointer<UInt8>, _ count: Int, hash: UInt32) -> Int {
        var at = Int(hash) & mask
        while slots[at].isDefined {
            let header = slots[at].stringHeader.pointee
            if header.hash == hash, Int(header.length) == count,
                memcmp(header.bytes, bytes, count) == 0
            {
                return at
            }
            at = (at + 1) & mask
        }
        return at
    }

    private mutating func grow() {
        let old = slots
        let oldCount = mask + 1
        mask = mask * 2 + 1
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: .undefined, count: mask + 1)
        for index in 0..<oldCount where old[index].isDefined {
            var at = Int(old[index].stringHeader.pointee.hash) & mask
            while slots[at].isDefined { at = (at + 1) & mask }
            slots[at] = old[index]
        }
        old.deallocate()
    }
}

extension UnsafeRawBufferPointer {
    /// Where the bytes start; some valid address when there are none.
    @inline(__always) var firstByte: UnsafePointer<UInt8> {
        guard let start = baseAddress else { return EmptyBytes.address }
        return start.assumingMemoryBound(to: UInt8.self)
    }
}

/// An address for empty strings.
private enum EmptyBytes {
    nonisolated(unsafe) static let address = UnsafePointer(
        UnsafeMutablePointer<UInt8>.allocate(capacity: 1))
}
