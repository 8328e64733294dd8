internal import CNghttp2

/// A worker's memory for nghttp2: blocks are recycled by size, so that streams that come and go
/// cost no allocation. For one thread.
public final class H2Memory {
    /// Before each block: which list it goes back to.
    private static let headerBytes = 16
    private static let smallest = 64
    private static let classCount = 11
    /// Bytes of free blocks that are kept for each size.
    private static let keptBytesMax = 2 << 20

    private struct FreeList {
        var first: UnsafeMutableRawPointer?
        var count = 0
    }

    private let lists: UnsafeMutablePointer<FreeList>
    private(set) var table = nghttp2_mem()
    /// Blocks that were taken and not given back.
    private(set) var usedCount = 0

    public init() {
        lists = .allocate(capacity: Self.classCount)
        lists.initialize(repeating: FreeList(), count: Self.classCount)
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
            while let block = pop(index) { block.deallocate() }
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

    /// A block of at least `size` bytes.
    func take(_ size: Int) -> UnsafeMutableRawPointer? {
        guard size <= Int.max / 2 else { return nil }
        let index = Self.index(size)
        let capacity = index < Self.classCount ? Self.smallest << index : size
        let block =
            pop(index)
            ?? .allocate(byteCount: capacity &+ Self.headerBytes, alignment: Self.headerBytes)
        block.storeBytes(of: capacity, as: Int.self)
        usedCount &+= 1
        return block + Self.headerBytes
    }

    func give(_ pointer: UnsafeMutableRawPointer?) {
        guard let pointer else { return }
        usedCount &-= 1
        let block = pointer - Self.headerBytes
        let capacity = block.load(as: Int.self)
        let index = Self.index(capacity)
        guard index < Self.classCount, lists[index].count &* capacity < Self.keptBytesMax else {
            return block.deallocate()
        }
        block.storeBytes(of: lists[index].first, as: UnsafeMutableRawPointer?.self)
        lists[index].first = block
        lists[index].count &+= 1
    }

    private func resize(
        _ pointer: UnsafeMutableRawPointer?, _ size: Int
    ) -> UnsafeMutableRawPointer? {
        guard let pointer else { return take(size) }
        let capacity = (pointer - Self.headerBytes).load(as: Int.self)
        if size <= capacity { return pointer }
        guard let larger = take(size) else { return nil }
        larger.copyMemory(from: pointer, byteCount: capacity)
        give(pointer)
        return larger
    }

    private func pop(_ index: Int) -> UnsafeMutableRawPointer? {
        guard index < Self.classCount, let block = lists[index].first else { return nil }
        lists[index].first = block.load(as: UnsafeMutableRawPointer?.self)
        lists[index].count &-= 1
        return block
    }

    /// Which list has blocks of at least `size` bytes; `classCount` and more when none has.
    private static func index(_ size: Int) -> Int {
        guard size > smallest else { return 0 }
        return (Int.bitWidth &- (size &- 1).leadingZeroBitCount) &- smallest.trailingZeroBitCount
    }
}
