internal import Glibc

/// Whole pages that no core dump has.
public enum UndumpedPages {
    public static let pageBytes = max(Int(sysconf(CInt(_SC_PAGESIZE))), 1)

    /// Zeroed pages; nil when the system has no memory for them.
    ///
    /// - Parameters:
    ///   - byteCount: rounded up to whole pages.
    ///   - alignment: of the first byte: a power of two, no less than a page.
    public static func map(
        byteCount: Int, alignment: Int = pageBytes
    ) -> UnsafeMutableRawBufferPointer? {
        guard byteCount <= Int.max / 4, alignment >= pageBytes, alignment <= Int.max / 4 else {
            return nil
        }
        let size = (max(byteCount, 1) + pageBytes - 1) / pageBytes * pageBytes
        // What is mapped begins at a page: this much more holds an aligned place.
        let slack = alignment - pageBytes
        let found = mmap(
            nil, size + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let found, found != MAP_FAILED else { return nil }
        let skipped = (alignment - Int(bitPattern: found) & (alignment - 1)) & (alignment - 1)
        if skipped > 0 { munmap(found, skipped) }
        let base = found + skipped
        if slack > skipped { munmap(base + size, slack - skipped) }
        // In a container that does not allow it the pages serve all the same.
        madvise(base, size, MADV_DONTDUMP)
        return UnsafeMutableRawBufferPointer(start: base, count: size)
    }

    /// Gives back what `map` gave.
    public static func unmap(_ pages: UnsafeMutableRawBufferPointer) {
        munmap(pages.baseAddress, pages.count)
    }
}
