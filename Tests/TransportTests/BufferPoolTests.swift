internal import Testing

@testable internal import Transport

struct BufferPoolTests {
    @Test func `the buffer given back last is the next one of its size`() {
        var pool = BufferPool()
        var first = pool.take(100)
        var second = pool.take(4096)
        var large = pool.take(4097)
        let bases = (first.base, second.base)
        #expect(first.capacity == 4096)
        #expect(large.capacity == 16384)
        #expect(pool.usedBytes == 4096 * 2 + 16384)
        pool.give(&large)
        pool.give(&first)
        pool.give(&second)
        #expect(!first.isAllocated)
        #expect(pool.usedBytes == 0)
        var again = [pool.take(1), pool.take(1), pool.take(1)]
        #expect(again[0].base == bases.1)
        #expect(again[1].base == bases.0)
        #expect(again[2].base != bases.0 && again[2].base != bases.1)
        for index in again.indices { pool.give(&again[index]) }
    }

    @Test func `a size beyond the largest has a buffer of its own`() {
        var pool = BufferPool()
        var buffer = pool.take(300_000)
        #expect(buffer.capacity == 300_000)
        pool.give(&buffer)
        #expect(pool.usedBytes == 0)
    }

    @Test(arguments: [0, 1, 4096, 20_000])
    func `making room keeps the bytes and their order`(count: Int) {
        var pool = BufferPool()
        var buffer = Buffer.none
        pool.reserve(count, in: &buffer)
        #expect(buffer.room >= count)
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        bytes.withUnsafeBytes { buffer.append($0) }
        buffer.start = count / 2
        pool.reserve(50_000, in: &buffer)
        #expect(buffer.room >= 50_000)
        #expect(buffer.bytes.elementsEqual(bytes[(count / 2)...]))
        pool.give(&buffer)
        #expect(pool.usedBytes == 0)
    }
}
