internal import Bytes
internal import COpenSSL
internal import Glibc

/// Pages of their own for bytes that must not get around: left out of core dumps, kept out of swap
/// where the system's limit on locked memory allows, and zeroed before they are given back.
struct SecretMemory: ~Copyable, @unchecked Sendable {
    // Sendable: the pages have one owner, and whoever shares it does not write any more.

    /// The first byte.
    let base: UnsafeMutableRawPointer
    private let pages: UnsafeMutableRawBufferPointer

    /// - Parameter capacity: bytes there is room for; more are mapped, up to whole pages.
    /// - Throws: `outOfMemory` when the system has no memory for it.
    init(capacity: Int) throws(CredentialFault) {
        guard let pages = UndumpedPages.map(byteCount: capacity), let base = pages.baseAddress
        else { throw .outOfMemory }
        // It cannot be relied on in every container; the pages serve without it.
        mlock(base, pages.count)
        self.base = base
        self.pages = pages
    }

    deinit {
        Self.wipe(bytes)
        UndumpedPages.unmap(pages)
    }

    /// All of it, for whoever fills it.
    var bytes: UnsafeMutableRawBufferPointer { pages }

    /// The first `count` bytes, good for as long as the memory is.
    func prefix(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: min(count, pages.count))
    }

    /// Zeroes bytes in a way that no compiler leaves out.
    static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        OPENSSL_cleanse(bytes.baseAddress, bytes.count)
    }
}
