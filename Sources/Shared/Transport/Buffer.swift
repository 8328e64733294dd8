/// Bytes of one connection that could not be handled at once. A trivial value: whoever holds it gives
/// it back to the pool it came from, exactly once.
struct Buffer {
    var base: UnsafeMutableRawPointer?
    private(set) var capacity = 0
    /// The first byte that is not consumed, and the end of what is filled.
    var start = 0
    var end = 0

    static var none: Buffer { Buffer() }

    private init() {}

    init(base: UnsafeMutableRawPointer, capacity: Int) {
        self.base = base
        self.capacity = capacity
    }

    var isAllocated: Bool { base != nil }
    var isEmpty: Bool { start == end }
    var count: Int { end &- start }
    var room: Int { capacity &- end }

    var bytes: UnsafeRawBufferPointer {
        guard let base else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base + start, count: count)
    }

    /// Where new bytes go; `room` bytes fit.
    var free: UnsafeMutableRawPointer? { base.map { $0 + end } }

    /// Appends what the caller knows to fit.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= room)
        guard let free, let source = bytes.baseAddress else { return }
        free.copyMemory(from: source, byteCount: bytes.count)
        end &+= bytes.count
    }
}
