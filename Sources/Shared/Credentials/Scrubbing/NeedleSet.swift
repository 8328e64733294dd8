internal import CScan

/// The texts that are searched for: all forms of some secrets, as one automaton (Aho and Corasick,
/// 1975) that reads each byte once however the texts overlap.
///
/// The automaton spells the secrets out, so it lies in memory of their kind.
public final class NeedleSet: @unchecked Sendable {
    // Sendable: written in `init` only.

    /// A place in the automaton: what was read last begins a text.
    typealias State = UInt32

    /// The state in which nothing that was read begins any text.
    static let start: State = 0

    private struct Node: BitwiseCopyable {
        /// The first of the states that one more byte leads to, and the next one of its parent's.
        var child: State = 0
        var sibling: State = 0
        var parent: State = 0
        /// Where to look for a byte that no child is for: the longest end of what was read that
        /// begins another text.
        var fallback: State = 0
        var depth: UInt32 = 0
        /// Whether a text ends here.
        var isMatch = false
        var byte: UInt8 = 0
    }

    private let memory: SecretMemory
    private let nodes: UnsafeMutablePointer<Node>
    private let first: UnsafeMutablePointer<State>
    private let filter: UnsafeMutablePointer<cscan_filter>
    private var count = 1
    /// The length of the longest text: what a scrubber may have to hold back, and one byte more.
    public private(set) var longest = 0

    /// - Parameter secrets: each at least three bytes long.
    public init(_ secrets: [Secret]) throws(CredentialFault) {
        let forms = secrets.map { SecretForms($0.bytes) }
        let longestForm = forms.map(\.bytesMax).max() ?? 0
        let scratch = try SecretMemory(capacity: longestForm)
        var nodeCount = 1
        for form in forms {
            try form.each(in: scratch.bytes) { text throws(CredentialFault) in
                nodeCount += text.count
            }
        }
        let filterOffset = 256 * MemoryLayout<State>.stride
        let nodeOffset = filterOffset + 128
        memory = try SecretMemory(capacity: nodeOffset + nodeCount * MemoryLayout<Node>.stride)
        let base = memory.base
        first = base.bindMemory(to: State.self, capacity: 256)
        filter = (base + filterOffset).bindMemory(
            to: cscan_filter.self, capacity: 1)
        nodes = (base + nodeOffset).bindMemory(
            to: Node.self, capacity: nodeCount)
        nodes.initialize(repeating: Node(), count: nodeCount)
        for form in forms {
            try form.each(in: scratch.bytes) { text throws(CredentialFault) in insert(text) }
        }
        linkFallbacks()
    }

    public var isEmpty: Bool { count == 1 }

    // MARK: building

    private func insert(_ text: UnsafeRawBufferPointer) {
        guard text.count >= CSCAN_WIDTH else { return }
        longest = max(longest, text.count)
        var state = Self.start
        for byte in text {
            let next = child(of: state, byte)
            state = next != Self.start ? next : append(byte, to: state)
        }
        nodes[Int(state)].isMatch = true
        addToFilter(text)
    }

    private func append(_ byte: UInt8, to parent: State) -> State {
        let state = State(count)
        count += 1
        nodes[Int(state)].byte = byte
        nodes[Int(state)].parent = parent
        nodes[Int(state)].depth = nodes[Int(parent)].depth + 1
        nodes[Int(state)].sibling = nodes[Int(parent)].child
        nodes[Int(parent)].child = state
        if parent == Self.start { first[Int(byte)] = state }
        return state
    }

    /// Texts go to groups by their first byte, so that one with many beginnings does not make the
    /// groups of others less selective.
    private func addToFilter(_ text: UnsafeRawBufferPointer) {
        let group = UInt32(text[0]) &* 0x9E37_79B1 >> 29
        cscan_add(filter, group, text.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }

    /// By depth, as a state's fallback is less deep than the state.
    private func linkFallbacks() {
        var queue: [State] = [Self.start]
        queue.reserveCapacity(count)
        var next = 0
        while next < queue.count {
            let parent = queue[next]
            next += 1
            var state = nodes[Int(parent)].child
            while state != Self.start {
                if parent != Self.start {
                    let fallback = step(nodes[Int(parent)].fallback, nodes[Int(state)].byte)
                    nodes[Int(state)].fallback = fallback
                    if nodes[Int(fallback)].isMatch { nodes[Int(state)].isMatch = true }
                }
                queue.append(state)
                state = nodes[Int(state)].sibling
            }
        }
    }

    // MARK: searching

    /// The state after one more byte.
    func step(_ state: State, _ byte: UInt8) -> State {
        var state = state
        while state != Self.start {
            let next = child(of: state, byte)
            if next != Self.start { return next }
            state = nodes[Int(state)].fallback
        }
        return first[Int(byte)]
    }

    private func child(of state: State, _ byte: UInt8) -> State {
        if state == Self.start { return first[Int(byte)] }
        var next = nodes[Int(state)].child
        while next != Self.start, nodes[Int(next)].byte != byte { next = nodes[Int(next)].sibling }
        return next
    }

    /// How many of the bytes read last begin a text.
    func depth(_ state: State) -> Int { Int(nodes[Int(state)].depth) }

    /// Whether a text ended with the byte read last.
    func isMatch(_ state: State) -> Bool { nodes[Int(state)].isMatch }

    /// The first place from `start` on where a text may begin; the end when there is none.
    func candidate(_ bytes: UnsafeMutableRawBufferPointer, from start: Int) -> Int {
        var at = start
        if bytes.count &- at >= CSCAN_WIDTH, let base = bytes.baseAddress {
            at &+= cscan_find(
                filter, (base + at).assumingMemoryBound(to: UInt8.self), bytes.count &- at)
            if bytes.count &- at >= CSCAN_WIDTH { return at }
        }
        while at < bytes.count, first[Int(bytes[at])] == Self.start { at &+= 1 }
        return at
    }

    /// Writes the last `count` bytes that led to the state.
    func spell(_ state: State, last count: Int, to place: UnsafeMutableRawBufferPointer) {
        var state = state
        var at = min(count, place.count)
        while at > 0, state != Self.start {
            at -= 1
            place[at] = nodes[Int(state)].byte
            state = nodes[Int(state)].parent
        }
    }
}
