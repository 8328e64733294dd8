internal import Glibc

/// Memory of its own pages that no core dump has: for buffers through which credentials pass. What
/// was in them need not be wiped, which would cost every request.
public struct UndumpedMemory: ~Copyable, @unchecked Sendable {
    // Sendable: it has one owner, who says what threads may do with it.

    public let bytes: UnsafeMutableRawBufferPointer

    /// - Parameter byteCount: rounded up to whole pages; more than the system has ends the process,
    ///   as any allocation does.
    public init(byteCount: Int) {
        let page = max(Int(sysconf(CInt(_SC_PAGESIZE))), 1)
        let size = (max(byteCount, 1) + page - 1) / page * page
        let found = mmap(
            nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(found != MAP_FAILED, "out of memory")
        // In a container that does not allow it the pages serve all the same.
        madvise(found, size, MADV_DONTDUMP)
        bytes = UnsafeMutableRawBufferPointer(start: found, count: byteCount)
        self.size = size
    }

    private let size: Int

    deinit { munmap(bytes.baseAddress, size) }
}
