/// A worker's buffers, recycled by size, so that a busy connection costs no allocation and an idle one
/// holds no buffer.
struct BufferPool: ~Copyable {
    /// Free buffers of one size: each one's first bytes say where the next is.
    private struct Shelf {
        var first: UnsafeMutableRawPointer?
        var count = 0
    }

    /// One for each power of four from 4 KiB to 256 KiB; what is larger comes from the allocator
    /// and goes back to it.
    private var shelves = InlineArray<4, Shelf>(repeating: Shelf())
    /// How many bytes of free buffers are kept for each size.
    private static let keptBytesMax = 4 << 20

    /// What is handed out now, in bytes.
    private(set) var usedBytes = 0

    init() {}

    deinit {
        for index in shelves.indices {
            var next = shelves[index].first
            while let base = next {
                next = base.load(as: UnsafeMutableRawPointer?.self)
                base.deallocate()
            }
        }
    }

    /// A buffer with room for at least `count` bytes.
    mutating func take(_ count: Int) -> Buffer {
        guard let index = Self.index(count) else {
            usedBytes &+= count
            return Buffer(base: .allocate(byteCount: count, alignment: 16), capacity: count)
        }
        let size = Self.size(index)
        usedBytes &+= size
        guard let base = shelves[index].first else {
            return Buffer(base: .allocate(byteCount: size, alignment: 16), capacity: size)
        }
        shelves[index].first = base.load(as: UnsafeMutableRawPointer?.self)
        shelves[index].count &-= 1
        return Buffer(base: base, capacity: size)
    }

    mutating func give(_ buffer: inout Buffer) {
        guard let base = buffer.base else { return }
        let capacity = buffer.capacity
        usedBytes &-= capacity
        buffer = .none
        guard let index = Self.index(capacity), Self.size(index) == capacity,
            shelves[index].count &* capacity < Self.keptBytesMax
        else { return base.deallocate() }
        base.storeBytes(of: shelves[index].first, as: UnsafeMutableRawPointer?.self)
        shelves[index].first = base
        shelves[index].count &+= 1
    }

    /// Wiped, so that a head that a credential may be in does not outlive its exchange.
    mutating func wipe(_ buffer: inout Buffer) {
        buffer.base?.initializeMemory(as: UInt8.self, repeating: 0, count: buffer.end)
        give(&buffer)
    }

    /// Makes room for `count` more bytes: moves to the front, or into a larger buffer.
    mutating func reserve(_ count: Int, in buffer: inout Buffer) {
        guard buffer.room < count else { return }
        if buffer.capacity &- buffer.count >= count, let base = buffer.base {
            base.copyMemory(from: base + buffer.start, byteCount: buffer.count)
            let vacated = buffer.start
            buffer.end = buffer.count
            buffer.start = 0
            (base + buffer.end).initializeMemory(as: UInt8.self, repeating: 0, count: vacated)
            return
        }
        guard buffer.isAllocated else { return buffer = take(count) }
        var larger = take(max(buffer.count &+ count, buffer.capacity &* 2))
        larger.append(buffer.bytes)
        wipe(&buffer)
        buffer = larger
    }

    private static func size(_ index: Int) -> Int { 4096 << (2 &* index) }

    private static func index(_ count: Int) -> Int? {
        if count <= 4 << 10 { return 0 }
        if count <= 16 << 10 { return 1 }
        if count <= 64 << 10 { return 2 }
        return count <= 256 << 10 ? 3 : nil
    }
}
