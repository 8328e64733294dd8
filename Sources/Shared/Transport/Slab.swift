/// Stable places for values of one type, reused: a pointer into it stays good for as long as the
/// worker lives, and each place has an index by which other tables can speak of it.
struct Slab<Element: BitwiseCopyable>: ~Copyable {
    private static var blockCount: Int { 256 }

    private var blocks: [UnsafeMutablePointer<Element>] = []
    private var free: [UInt32] = []
    private(set) var liveCount = 0

    init() {}

    deinit { for block in blocks { block.deallocate() } }

    /// How many places there are, used or free: every index is below it.
    var placeCount: Int { blocks.count &* Self.blockCount }

    subscript(index: UInt32) -> UnsafeMutablePointer<Element> {
        blocks[Int(index) / Self.blockCount] + Int(index) % Self.blockCount
    }

    /// The index of a free place; what is in it is what was left there.
    mutating func take(initially element: @autoclosure () -> Element) -> UInt32 {
        if free.isEmpty { grow(element()) }
        liveCount &+= 1
        return free.removeLast()
    }

    mutating func give(_ index: UInt32) {
        liveCount &-= 1
        free.append(index)
    }

    private mutating func grow(_ element: Element) {
        let block = UnsafeMutablePointer<Element>.allocate(capacity: Self.blockCount)
        block.initialize(repeating: element, count: Self.blockCount)
        let first = UInt32(placeCount)
        blocks.append(block)
        free.reserveCapacity(placeCount)
        for offset in (0..<UInt32(Self.blockCount)).reversed() { free.append(first &+ offset) }
    }
}
