/// A worker's buffers, recycled by size, so that a busy connection costs no allocation and an idle one
/// holds no buffer.
struct BufferPool: ~Copyable {
    /// A power of four from 4 KiB; what is larger comes from the allocator and goes back to it.
    private static let sizes = [4 << 10, 16 << 10, 64 << 10, 256 << 10]
    /// How many bytes of free buffers are kept for each size.
    private static let keptBytesMax = 4 << 20

    private var free: [[UnsafeMutableRawPointer]]
    /// What is handed out now, in bytes.
    private(set) var usedBytes = 0

    init() {
        free = Self.sizes.map { size in
            var list: [UnsafeMutableRawPointer] = []
            list.reserveCapacity(Self.keptBytesMax / size)
            return list
        }
    }

    deinit { for list in free { for base in list { base.deallocate() } } }

    /// A buffer with room for at least `count` bytes.
    mutating func take(_ count: Int) -> Buffer {
        guard let index = Self.index(count) else {
            usedBytes &+= count
            return Buffer(base: .allocate(byteCount: count, alignment: 16), capacity: count)
        }
        let size = Self.size(index)
        usedBytes &+= size
        let base = free[index].popLast() ?? .allocate(byteCount: size, alignment: 16)
        return Buffer(base: base, capacity: size)
    }

    mutating func give(_ buffer: inout Buffer) {
        guard let base = buffer.base else { return }
        usedBytes &-= buffer.capacity
        if let index = Self.index(buffer.capacity), Self.size(index) == buffer.capacity,
            free[index].count < Self.keptBytesMax / buffer.capacity
        {
            free[index].append(base)
        } else {
            base.deallocate()
        }
        buffer = .none
    }

    /// Wiped, so that a head that a credential may be in does not outlive its exchange.
    mutating func wipe(_ buffer: inout Buffer) {
        buffer.base?.initializeMemory(as: UInt8.self, repeating: 0, count: buffer.end)
        give(&buffer)
    }

    /// Makes room for `count` more bytes: moves to the front, or into a larger buffer.
    mutating func reserve(_ count: Int, in buffer: inout Buffer) {
        guard buffer.room < count else { return }
        if buffer.isAllocated, buffer.capacity &- buffer.count >= count, let base = buffer.base {
            base.copyMemory(from: base + buffer.start, byteCount: buffer.count)
            let vacated = buffer.start
            buffer.end = buffer.count
            buffer.start = 0
            (base + buffer.end).initializeMemory(as: UInt8.self, repeating: 0, count: vacated)
            return
        }
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
