internal import Synchronization

/// The shared state of one client: an arrival time for each of its two windows, on a cache line of
/// its own so that workers that serve different clients do not slow each other.
final class BucketCell: @unchecked Sendable {
    // Sendable: the memory is reached through atomics only.

    private static let lineBytes = 64

    private let memory: UnsafeMutableRawPointer
    let moments: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
        memory = .allocate(byteCount: BucketCell.lineBytes, alignment: BucketCell.lineBytes)
        moments = memory.bindMemory(to: Atomic<UInt64>.self, capacity: 2)
        for index in 0..<2 { (moments + index).initialize(to: Atomic(0)) }
    }

    deinit {
        memory.deallocate()
    }
}
