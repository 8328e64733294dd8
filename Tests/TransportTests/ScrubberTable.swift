@testable import Credentials

/// The scrubbers of one worker's exchanges. Each keeps the texts that it searches for, as an answer
/// may go on for longer than the snapshot that they come from is in force.
final class ScrubberTable {
    private struct Entry {
        var scrubber = Scrubber()
        var needles: NeedleSet?
    }

    private var entries: [Entry] = []

    /// The response of this exchange is to be searched.
    func begin(_ exchange: UInt32, _ needles: NeedleSet) {
        let index = Int(exchange)
        while entries.count <= index { entries.append(Entry()) }
        entries[index] = Entry(needles: needles)
    }

    /// A head or trailers, complete.
    func scrub(lines: UnsafeMutableRawBufferPointer, of exchange: UInt32) {
        guard let needles = needles(exchange) else { return }
        _ = Scrubber.scrub(whole: lines, needles)
    }

    /// The next piece of content; see `Scrubber.scrub`.
    func scrub(
        content piece: UnsafeMutableRawBufferPointer, behind held: UnsafeMutableRawBufferPointer,
        of exchange: UInt32
    ) -> Scrubber.Passage {
        guard let needles = needles(exchange) else {
            return Scrubber.Passage(heldBefore: 0, piece: piece.count)
        }
        return entries[Int(exchange)].scrubber.scrub(piece, behind: held, needles)
    }

    /// The content has ended; see `Scrubber.finish`.
    func finish(_ exchange: UInt32, into held: UnsafeMutableRawBufferPointer) -> Int {
        guard let needles = needles(exchange) else { return 0 }
        return entries[Int(exchange)].scrubber.finish(into: held, needles)
    }

    /// The exchange is over.
    func end(_ exchange: UInt32) {
        guard needles(exchange) != nil else { return }
        entries[Int(exchange)].needles = nil
    }

    private func needles(_ exchange: UInt32) -> NeedleSet? {
        entries.indices.contains(Int(exchange)) ? entries[Int(exchange)].needles : nil
    }
}
