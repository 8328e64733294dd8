/// The edges of a trie: which child a node has under a key.
///
/// Open addressing over two words an edge. Keys come from a policy's author, who gains nothing by
/// making them collide, so they are mixed with a multiplication instead of the library's hasher,
/// which took longer than everything else that such a trie does.
struct EdgeTable: Sendable {
    private struct Edge: BitwiseCopyable, Sendable {
        var key: UInt64
        var node: UInt32
        /// 0 where there is no edge: no trie has an edge to its root.
        var child: UInt32
    }

    private var slots: [Edge] = []
    private var count = 0

    /// The child of a node; nil if it has none under the key.
    func child(_ node: Int, _ key: UInt64) -> Int? {
        guard !slots.isEmpty else { return nil }
        let edge = slots[place(UInt32(truncatingIfNeeded: node), key)]
        return edge.child == 0 ? nil : Int(edge.child)
    }

    /// Adds a child that the node does not have yet.
    mutating func insert(_ child: Int, under node: Int, _ key: UInt64) {
        if count * 2 >= slots.count { grow() }
        let node = UInt32(truncatingIfNeeded: node)
        slots[place(node, key)] = Edge(key: key, node: node, child: UInt32(child))
        count += 1
    }

    /// Where the edge is, or would be. At most half of the places are taken, so the search ends.
    private func place(_ node: UInt32, _ key: UInt64) -> Int {
        let mask = slots.count &- 1
        let mixed = (key ^ UInt64(node) &<< 36) &* 0x9E37_79B9_7F4A_7C15
        var at = Int(truncatingIfNeeded: mixed &>> 32) & mask
        while slots[at].child != 0, slots[at].key != key || slots[at].node != node {
            at = (at &+ 1) & mask
        }
        return at
    }

    private mutating func grow() {
        let old = slots
        slots = Array(
            repeating: Edge(key: 0, node: 0, child: 0), count: max(16, old.count * 2))
        for edge in old where edge.child != 0 { slots[place(edge.node, edge.key)] = edge }
    }
}
