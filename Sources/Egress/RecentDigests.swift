internal import Identity

/// The digests of the sandboxes that called lately: hashing an id costs more than comparing it.
struct RecentDigests: ~Copyable {
    private struct Entry {
        /// Of the id; 0 for an entry that nobody has used.
        var count = 0
        var digest: NameDigest?
    }

    /// A sandbox in the place of another only has that one hashed again.
    private static let entryCount = 256

    private let entries: UnsafeMutablePointer<Entry>
    /// The ids, one piece of the same size for each.
    private let ids: UnsafeMutableRawPointer

    init() {
        entries = .allocate(capacity: Self.entryCount)
        entries.initialize(repeating: Entry(), count: Self.entryCount)
        ids = .allocate(byteCount: Self.entryCount * SandboxName.bytesMax, alignment: 8)
    }

    deinit {
        entries.deallocate()
        ids.deallocate()
    }

    /// - Parameter id: a valid one.
    func digest(of id: UnsafeRawBufferPointer) -> NameDigest {
        let index = Self.place(of: id)
        let known = UnsafeMutableRawBufferPointer(
            start: ids + index * SandboxName.bytesMax, count: SandboxName.bytesMax)
        let entry = entries + index
        if let digest = entry.pointee.digest, entry.pointee.count == id.count,
            UnsafeRawBufferPointer(rebasing: known[..<id.count]).elementsEqual(id)
        {
            return digest
        }
        let digest = NameDigest(Span(_unsafeBytes: id))
        guard id.count <= known.count else { return digest }
        known.copyMemory(from: id)
        entry.pointee = Entry(count: id.count, digest: digest)
        return digest
    }

    private static func place(of id: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id.suffix(16) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int(truncatingIfNeeded: hash &>> 32) & (entryCount - 1)
    }
}
