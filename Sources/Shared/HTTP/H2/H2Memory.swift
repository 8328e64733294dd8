internal import Bytes
internal import CNghttp2

/// A worker's memory for nghttp2, whose tables, frames and copies of heads hold credentials: no
/// core dump has it, and what is given back is wiped. Blocks are recycled by size, so that streams
/// that come and go cost no system call. For one thread.
public final class H2Memory {
    /// Pages at a multiple of `chunkBytes`, so that a block's address leads to its chunk. Its
    /// header comes first, then blocks of one size.
    private struct Chunk {
        /// The header with the rest of its room.
        static let headerBytes = 128

        let pages: UnsafeMutableRawBufferPointer
        let blockBytes: Int
        /// Which list it belongs to; none for a block that has its pages to itself.
        let sizeClass: Int
        var usedCount = 0
        /// The first of the blocks that were given back.
        var free: UnsafeMutableRawPointer?
        /// Where blocks begin that nobody has had yet.
        var untouched = headerBytes
        var previous: UnsafeMutablePointer<Chunk>?
        var next: UnsafeMutablePointer<Chunk>?

        var hasRoom: Bool { free != nil || untouched + blockBytes <= pages.count }
    }

    private typealias ChunkPointer = UnsafeMutablePointer<Chunk>

    private struct List {
        /// The first of the chunks that have room.
        var first: ChunkPointer?
        /// How many of them nobody uses.
        var unusedCount = 0
    }

    private static let smallest = 64
    private static let classCount = 11
    private static let chunkBytes = 256 << 10
    /// Chunks that nobody uses and that are kept for each size.
    private static let unusedMax = 4

    private let lists: UnsafeMutablePointer<List>
    private(set) var table = nghttp2_mem()
    /// Blocks that were taken and not given back.
    private(set) var usedCount = 0

    public init() {
        lists = .allocate(capacity: Self.classCount)
        lists.initialize(repeating: List(), count: Self.classCount)
        table.mem_user_data = Unmanaged.passUnretained(self).toOpaque()
        table.malloc = { size, memory in H2Memory.with(memory) { $0.take(size) } }
        table.calloc = { count, size, memory in
            let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: size)
            guard !isTooMuch, let block = H2Memory.with(memory, { $0.take(bytes) }) else {
                return nil
            }
            block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            return block
        }
        table.realloc = { block, size, memory in
            H2Memory.with(memory) { $0.resize(block, size) }
        }
        table.free = { block, memory in
            guard let memory else { return }
            Unmanaged<H2Memory>.fromOpaque(memory)._withUnsafeGuaranteedRef { $0.give(block) }
        }
    }

    deinit {
        for index in 0..<Self.classCount {
            while let chunk = lists[index].first { unmap(chunk) }
        }
        lists.deallocate()
    }

    /// Calls `body` without counting a reference.
    private static func with(
        _ memory: UnsafeMutableRawPointer?, _ body: (H2Memory) -> UnsafeMutableRawPointer?
    ) -> UnsafeMutableRawPointer? {
        guard let memory else { return nil }
        return Unmanaged<H2Memory>.fromOpaque(memory)._withUnsafeGuaranteedRef(body)
    }

    // MARK: blocks

    /// A block of at least `size` bytes; nil when the system has none.
    func take(_ size: Int) -> UnsafeMutableRawPointer? {
        guard size <= Int.max / 8, let chunk = chunk(for: size) else { return nil }
        if chunk.pointee.usedCount == 0, chunk.pointee.sizeClass < Self.classCount {
            lists[chunk.pointee.sizeClass].unusedCount &-= 1
        }
        usedCount &+= 1
        chunk.pointee.usedCount &+= 1
        defer { if !chunk.pointee.hasRoom { unlist(chunk) } }
        if let block = chunk.pointee.free {
            chunk.pointee.free = block.load(as: UnsafeMutableRawPointer?.self)
            return block
        }
        let block = UnsafeMutableRawPointer(chunk) + chunk.pointee.untouched
        chunk.pointee.untouched &+= chunk.pointee.blockBytes
        return block
    }

    func give(_ block: UnsafeMutableRawPointer?) {
        guard let block else { return }
        usedCount &-= 1
        let chunk = Self.chunk(of: block)
        guard chunk.pointee.sizeClass < Self.classCount else { return unmap(chunk) }
        let hadRoom = chunk.pointee.hasRoom
        block.initializeMemory(as: UInt8.self, repeating: 0, count: chunk.pointee.blockBytes)
        block.storeBytes(of: chunk.pointee.free, as: UnsafeMutableRawPointer?.self)
        chunk.pointee.free = block
        chunk.pointee.usedCount &-= 1
        if !hadRoom { list(chunk) }
        guard chunk.pointee.usedCount == 0 else { return }
        guard lists[chunk.pointee.sizeClass].unusedCount < Self.unusedMax else {
            return unmap(chunk)
        }
        lists[chunk.pointee.sizeClass].unusedCount &+= 1
    }

    private func resize(
        _ block: UnsafeMutableRawPointer?, _ size: Int
    ) -> UnsafeMutableRawPointer? {
        guard let block else { return take(size) }
        let capacity = Self.chunk(of: block).pointee.blockBytes
        if size <= capacity { return block }
        guard let larger = take(size) else { return nil }
        larger.copyMemory(from: block, byteCount: capacity)
        give(block)
        return larger
    }

    /// Which list has blocks of at least `size` bytes; `classCount` and more when none has.
    private static func sizeClass(_ size: Int) -> Int {
        guard size > smallest else { return 0 }
        return (Int.bitWidth &- (size &- 1).leadingZeroBitCount) &- smallest.trailingZeroBitCount
    }

    // MARK: chunks

    private static func chunk(of block: UnsafeMutableRawPointer) -> ChunkPointer {
        let place = block - Int(bitPattern: block) & (chunkBytes &- 1)
        return place.assumingMemoryBound(to: Chunk.self)
    }

    /// One with room for the block.
    private func chunk(for size: Int) -> ChunkPointer? {
        let index = Self.sizeClass(size)
        guard index < Self.classCount else {
            // Listed nowhere: it is full at once.
            return Self.map(size &+ Chunk.headerBytes, blockBytes: size, index)
        }
        if let known = lists[index].first { return known }
        guard let made = Self.map(Self.chunkBytes, blockBytes: Self.smallest << index, index)
        else { return nil }
        list(made)
        lists[index].unusedCount &+= 1
        return made
    }

    private static func map(_ bytes: Int, blockBytes: Int, _ sizeClass: Int) -> ChunkPointer? {
        guard let pages = UndumpedPages.map(byteCount: bytes, alignment: chunkBytes),
            let base = pages.baseAddress
        else { return nil }
        let chunk = base.bindMemory(to: Chunk.self, capacity: 1)
        chunk.initialize(
            to: Chunk(pages: pages, blockBytes: blockBytes, sizeClass: sizeClass))
        return chunk
    }

    private func unmap(_ chunk: ChunkPointer) {
        if chunk.pointee.sizeClass < Self.classCount { unlist(chunk) }
        UndumpedPages.unmap(chunk.pointee.pages)
    }

    private func list(_ chunk: ChunkPointer) {
        let index = chunk.pointee.sizeClass
        chunk.pointee.previous = nil
        chunk.pointee.next = lists[index].first
        lists[index].first?.pointee.previous = chunk
        lists[index].first = chunk
    }

    private func unlist(_ chunk: ChunkPointer) {
        let index = chunk.pointee.sizeClass
        guard index < Self.classCount else { return }
        let (previous, next) = (chunk.pointee.previous, chunk.pointee.next)
        if let previous { previous.pointee.next = next } else { lists[index].first = next }
        next?.pointee.previous = previous
    }
}
