/// Takes secrets out of a stream of bytes that comes in pieces, by writing `*` over them: the length
/// stays what it was.
///
/// Covered is every occurrence of every text, across pieces too, and where such an occurrence ends
/// the beginning of a longer text, that beginning as well. Held back is only what begins a text and
/// may go on in the next piece; it is not stored, as the automaton can spell it. Where the pieces
/// are cut makes no difference to the whole.
public struct Scrubber: BitwiseCopyable, Sendable {
    /// What may be passed on.
    public struct Passage: Equatable, Sendable {
        /// Bytes held back before, which now stand in the memory that was given for them.
        public var heldBefore: Int
        /// Bytes of the piece; those behind them are held back.
        public var piece: Int

        public var total: Int { heldBefore &+ piece }
    }

    private var state = NeedleSet.start
    private var held: UInt32 = 0
    /// How many occurrences were covered.
    public private(set) var coveredCount: UInt32 = 0

    public init() {}

    /// How many bytes are held back.
    public var heldCount: Int { Int(held) }

    /// Covers the secrets in `piece`, in place.
    /// - Parameters:
    ///   - held: gets what is not held back any more; `heldCount` bytes at least.
    public mutating func scrub(
        _ piece: UnsafeMutableRawBufferPointer, behind held: UnsafeMutableRawBufferPointer,
        _ needles: NeedleSet
    ) -> Passage {
        let before = heldCount
        precondition(held.count >= before)
        needles.spell(state, last: before, to: held)
        var state = state
        var coveredEnd = 0  // counted from the first byte held before, as all positions here
        var at = 0
        while at < piece.count {
            if state == NeedleSet.start {
                at = needles.candidate(piece, from: at)
                guard at < piece.count else { break }
            }
            state = needles.step(state, piece[at])
            at &+= 1
            guard needles.isMatch(state) else { continue }
            let end = before &+ at
            cover(max(end &- needles.depth(state), coveredEnd)..<end, held, before, piece)
            coveredEnd = end
            coveredCount &+= 1
        }
        let total = before &+ piece.count
        let heldStart = max(total &- needles.depth(state), coveredEnd)
        self.state = state
        self.held = UInt32(truncatingIfNeeded: total &- heldStart)
        return Passage(
            heldBefore: min(heldStart, before), piece: max(heldStart &- before, 0))
    }

    /// The stream has ended: what was held back is no secret. Returns how many bytes it is.
    public mutating func finish(
        into held: UnsafeMutableRawBufferPointer, _ needles: NeedleSet
    ) -> Int {
        let count = heldCount
        precondition(held.count >= count)
        needles.spell(state, last: count, to: held)
        state = NeedleSet.start
        self.held = 0
        return count
    }

    /// Covers the secrets in bytes that are complete, such as a head.
    /// - Returns: how many occurrences there were.
    public static func scrub(
        whole bytes: UnsafeMutableRawBufferPointer, _ needles: NeedleSet
    ) -> Int {
        var scrubber = Scrubber()
        _ = scrubber.scrub(bytes, behind: UnsafeMutableRawBufferPointer(start: nil, count: 0), needles)
        return Int(scrubber.coveredCount)
    }

    private func cover(
        _ range: Range<Int>, _ held: UnsafeMutableRawBufferPointer, _ before: Int,
        _ piece: UnsafeMutableRawBufferPointer
    ) {
        for position in range {
            if position < before {
                held[position] = UInt8(ascii: "*")
            } else {
                piece[position &- before] = UInt8(ascii: "*")
            }
        }
    }
}
