extension UnsafeMutableRawPointer {
    /// Copies what is mostly short, such as a field's name or value: a call to `memmove` costs more
    /// than the bytes. The memory must not overlap. The two halves of a length that is no power of
    /// two do, and nothing outside of it is touched.
    @inline(__always)
    public func copyShort(from source: UnsafeRawPointer, count: Int) {
        switch count {
        case 17...32:
            copyWords(UInt64.self, from: source, count: 16)
            (self + (count &- 16)).copyWords(
                UInt64.self, from: source + (count &- 16), count: 16)
        case 8...16: copyWords(UInt64.self, from: source, count: count)
        case 4...7: copyWords(UInt32.self, from: source, count: count)
        case 2...3: copyWords(UInt16.self, from: source, count: count)
        case 1: storeBytes(of: source.load(as: UInt8.self), as: UInt8.self)
        default: copyMemory(from: source, byteCount: count)
        }
    }

    /// The first and the last word of `count` bytes, which are at most two words.
    @inline(__always)
    private func copyWords<Word: FixedWidthInteger & BitwiseCopyable>(
        _: Word.Type, from source: UnsafeRawPointer, count: Int
    ) {
        let last = count &- MemoryLayout<Word>.size
        let head = source.loadUnaligned(as: Word.self)
        let tail = source.loadUnaligned(fromByteOffset: last, as: Word.self)
        storeBytes(of: head, as: Word.self)
        storeBytes(of: tail, toByteOffset: last, as: Word.self)
    }
}
