/// The bytes of a message as parsers read them: the bounds are checked in debug builds, and by
/// every parser's own loop conditions in all builds. A pointer that is never nil and a count cost
/// nothing; the optional one in a buffer pointer is tested at each byte.
struct Input {
    let base: UnsafeRawPointer
    let count: Int

    /// Nil when there is nothing to read.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return nil }
        self.base = base
        count = bytes.count
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    @inline(__always)
    subscript(index: Int) -> UInt8 {
        assert(index >= 0 && index < count)
        return base.load(fromByteOffset: index, as: UInt8.self)
    }

    /// The bytes of a range that a parser found in this input.
    @inline(__always)
    func slice(_ range: ByteRange) -> UnsafeRawBufferPointer {
        assert(range.end <= count)
        return UnsafeRawBufferPointer(start: base + range.start, count: range.count)
    }

    /// The first byte at or after `start` that is not of a class in `mask`.
    @inline(__always)
    func end(of mask: UInt8, from start: Int, in classes: UnsafeMutablePointer<UInt8>) -> Int {
        var index = start
        while index < count, classes[Int(self[index])] & mask != 0 { index &+= 1 }
        return index
    }
}
