internal import COpenSSL
internal import Glibc

/// Pages of their own for bytes that must not get around: left out of core dumps, kept out of swap
/// where the system's limit on locked memory allows, and zeroed before they are given back.
struct SecretMemory: ~Copyable, @unchecked Sendable {
    // Sendable: the pages have one owner, and whoever shares it does not write any more.

    /// The first byte.
    let base: UnsafeMutableRawPointer
    private let size: Int

    /// - Parameter capacity: bytes there is room for; more are mapped, up to whole pages.
    /// - Throws: `outOfMemory` when the system has no memory for it.
    init(capacity: Int) throws(CredentialFault) {
        let page = max(Int(sysconf(CInt(_SC_PAGESIZE))), 1)
        let size = (max(capacity, 1) + page - 1) / page * page
        let found = mmap(
            nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let found, found != MAP_FAILED else { throw .outOfMemory }
        // Neither call can be relied on in every container; the pages serve without them.
        madvise(found, size, MADV_DONTDUMP)
        mlock(found, size)
        base = found
        self.size = size
    }

    deinit {
        Self.wipe(bytes)
        munmap(base, size)
    }

    /// All of it, for whoever fills it.
    var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: base, count: size)
    }

    /// The first `count` bytes, good for as long as the memory is.
    func prefix(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: min(count, size))
    }

    /// Zeroes bytes in a way that no compiler leaves out.
    static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        OPENSSL_cleanse(bytes.baseAddress, bytes.count)
    }
}
