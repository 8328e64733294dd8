internal import Credentials
internal import Transport

/// What a worker has to know of each exchange that was forwarded until it has ended: the service
/// may be gone from the data, and its credential be another, by the time it answers.
struct EgressFlights {
    private struct Flight {
        var route: EgressRoute?
        /// What the answer is searched for; nil when nothing was put in.
        var needles: NeedleSet?
        var scrubber = Scrubber()
        /// Occurrences in heads and trailers.
        var covered = 0
    }

    private var flights: [Flight] = []

    mutating func begin(_ exchange: UInt32, _ route: EgressRoute, _ needles: NeedleSet?) {
        while flights.count <= Int(exchange) { flights.append(Flight()) }
        flights[Int(exchange)] = Flight(route: route, needles: needles)
    }

    /// Nil for an exchange that was not forwarded.
    func route(of exchange: UInt32) -> EgressRoute? {
        Int(exchange) < flights.count ? flights[Int(exchange)].route : nil
    }

    /// How many secrets were found in the answer so far.
    func covered(in exchange: UInt32) -> Int {
        guard Int(exchange) < flights.count else { return 0 }
        return flights[Int(exchange)].covered
            + Int(flights[Int(exchange)].scrubber.coveredCount)
    }

    /// Forgets the exchange.
    mutating func end(_ exchange: UInt32) {
        guard Int(exchange) < flights.count else { return }
        flights[Int(exchange)] = Flight()
    }

    // MARK: answers on their way to the sandbox

    mutating func scrub(lines: UnsafeMutableRawBufferPointer, of exchange: UInt32) {
        guard Int(exchange) < flights.count, let needles = flights[Int(exchange)].needles else {
            return
        }
        flights[Int(exchange)].covered += Scrubber.scrub(whole: lines, needles)
    }

    mutating func scrub(
        content piece: UnsafeMutableRawBufferPointer, behind held: UnsafeMutableRawBufferPointer,
        of exchange: UInt32
    ) -> InspectedContent {
        guard Int(exchange) < flights.count, let needles = flights[Int(exchange)].needles else {
            return InspectedContent(heldBefore: 0, piece: piece.count)
        }
        let passage = flights[Int(exchange)].scrubber.scrub(piece, behind: held, needles)
        return InspectedContent(heldBefore: passage.heldBefore, piece: passage.piece)
    }

    mutating func finishContent(
        of exchange: UInt32, into held: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard Int(exchange) < flights.count, let needles = flights[Int(exchange)].needles else {
            return 0
        }
        return flights[Int(exchange)].scrubber.finish(into: held, needles)
    }
}
