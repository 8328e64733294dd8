/// Immutable bytes that many small slices point into, read without reference counting.
final class ByteArena: @unchecked Sendable {
    // Sendable: written in `init` only.

    struct Slice: Sendable {
        fileprivate var offset: UInt32
        fileprivate var count: UInt32

        /// Appends bytes to what will become an arena; nil past 4 GiB.
        init?(appending bytes: some Collection<UInt8>, to store: inout [UInt8]) {
            guard let offset = UInt32(exactly: store.count),
                let count = UInt32(exactly: bytes.count)
            else { return nil }
            self.offset = offset
            self.count = count
            store.append(contentsOf: bytes)
        }
    }

    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ store: [UInt8]) {
        bytes = .allocate(capacity: store.count)
        _ = bytes.initialize(from: store)
    }

    deinit {
        bytes.deallocate()
    }

    /// Valid for as long as the arena is. The owner hands it out as a span that borrows the owner.
    func bytes(_ slice: Slice) -> UnsafeBufferPointer<UInt8> {
        let range = Int(slice.offset)..<(Int(slice.offset) + Int(slice.count))
        return UnsafeBufferPointer(rebasing: bytes[range])
    }
}
