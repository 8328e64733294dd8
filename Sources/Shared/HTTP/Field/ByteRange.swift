/// Where a part of a message lies, counted from the first byte of its head.
///
/// Parsed heads hold ranges and no pointers, so the caller may move the bytes between calls.
public struct ByteRange: Equatable, Sendable {
    public let offset: UInt32
    public let length: UInt32

    public static let empty = ByteRange(offset: 0, length: 0)

    public init(offset: Int, length: Int) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.length = UInt32(truncatingIfNeeded: length)
    }

    public init(from start: Int, to end: Int) {
        self.init(offset: start, length: end &- start)
    }

    public var isEmpty: Bool { length == 0 }
    public var start: Int { Int(offset) }
    public var count: Int { Int(length) }
    public var end: Int { Int(offset) &+ Int(length) }

    /// The bytes of this range; empty when `bytes` is too short to hold it.
    public func slice(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard end <= bytes.count, let base = bytes.baseAddress else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(start: base + start, count: count)
    }
}
