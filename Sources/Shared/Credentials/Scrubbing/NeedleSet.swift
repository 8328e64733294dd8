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

    /// The shortest text that is searched for.
    private static let textBytesMin = Int(CSCAN_WIDTH)

    private let memory: SecretMemory
    private let nodes: UnsafeMutablePointer<Node>
    private let first: UnsafeMutablePointer<State>
    private let filter: UnsafeMutablePointer<cscan_filter>
    private let words: UnsafeMutablePointer<cscan_word>
    private var wordCount: UInt32 = 0
    private var count = 1
    /// The length of the longest text: what a scrubber may have to hold back, and one byte more.
    public private(set) var longest = 0

    /// - Parameter secrets: each at least three bytes long.
    public init(_ secrets: [Secret]) throws(CredentialFault) {
        let forms = secrets.map { SecretForms($0.bytes) }
        let longestForm = forms.map(\.bytesMax).max() ?? 0
        let scratch = try SecretMemory(capacity: longestForm)
        var nodeCount = 1
        var textCount = 0
        for form in forms {
            try form.each(in: scratch.bytes) { text throws(CredentialFault) in
                nodeCount += text.count
                textCount += 1
            }
        }
        let filterOffset = 256 * MemoryLayout<State>.stride
        let wordOffset = filterOffset + MemoryLayout<cscan_filter>.stride
        let nodeOffset = wordOffset + textCount * MemoryLayout<cscan_word>.stride
        memory = try SecretMemory(capacity: nodeOffset + nodeCount * MemoryLayout<Node>.stride)
        let base = memory.base
        first = base.bindMemory(to: State.self, capacity: 256)
        filter = (base + filterOffset).bindMemory(
            to: cscan_filter.self, capacity: 1)
        words = (base + wordOffset).bindMemory(to: cscan_word.self, capacity: textCount)
        nodes = (base + nodeOffset).bindMemory(
            to: Node.self, capacity: nodeCount)
        nodes.initialize(repeating: Node(), count: nodeCount)
        for form in forms {
            try form.each(in: scratch.bytes) { text throws(CredentialFault) in insert(text) }
        }
        cscan_make(filter, words, wordCount)
        linkFallbacks()
    }

    public var isEmpty: Bool { count == 1 }

    // MARK: building

    private func insert(_ text: UnsafeRawBufferPointer) {
        guard text.count >= Self.textBytesMin else { return }
        longest = max(longest, text.count)
        var state = Self.start
        for byte in text {
            let next = child(of: state, byte)
            state = next != Self.start ? next : append(byte, to: state)
        }
        nodes[Int(state)].isMatch = true
        addWord(text)
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

    /// The beginning of a text, in the order of its group, unless it is there already.
    private func addWord(_ text: UnsafeRawBufferPointer) {
        var word = cscan_word(bytes: 0, mask: 0)
        withUnsafeMutableBytes(of: &word.bytes) { $0.copyBytes(from: text.prefix(8)) }
        withUnsafeMutableBytes(of: &word.mask) { mask in
            for index in 0..<min(text.count, 8) { mask[index] = 0xFF }
        }
        var place = Int(wordCount)
        while place > 0, Self.group(words[place - 1]) > Self.group(word) { place -= 1 }
        for index in 0..<Int(wordCount)
        where words[index].bytes == word.bytes && words[index].mask == word.mask { return }
        for index in stride(from: Int(wordCount), to: place, by: -1) {
            words[index] = words[index - 1]
        }
        words[place] = word
        wordCount += 1
    }

    private static func group(_ word: cscan_word) -> UInt32 {
        withUnsafeBytes(of: word.bytes) { cscan_group($0[0]) }
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
        if bytes.count &- at >= Self.textBytesMin, let base = bytes.baseAddress {
            at &+= cscan_find(
                filter, (base + at).assumingMemoryBound(to: UInt8.self), bytes.count &- at)
            if bytes.count &- at >= Self.textBytesMin { return at }
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
