/// Memory of its own pages that no core dump has: for buffers through which credentials pass. What
/// was in them need not be wiped, which would cost every request.
public struct UndumpedMemory: ~Copyable, @unchecked Sendable {
    // Sendable: it has one owner, who says what threads may do with it.

    private let pages: UnsafeMutableRawBufferPointer
    public let bytes: UnsafeMutableRawBufferPointer

    /// - Parameter byteCount: rounded up to whole pages; more than the system has ends the process,
    ///   as any allocation does.
    public init(byteCount: Int) {
        guard let pages = UndumpedPages.map(byteCount: byteCount) else {
            preconditionFailure("out of memory")
        }
        self.pages = pages
        bytes = UnsafeMutableRawBufferPointer(rebasing: pages[..<max(byteCount, 0)])
    }

    deinit { UndumpedPages.unmap(pages) }
}
