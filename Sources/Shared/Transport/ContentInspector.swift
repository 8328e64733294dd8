/// What of a response's content may pass, after a handler looked at a piece of it.
public struct InspectedContent: Equatable, Sendable {
    /// Bytes held back before, which now stand in the memory that was given for them. When any of
    /// them is still held back, so is the piece.
    public let heldBefore: Int
    /// Bytes of the piece, from its start; those behind them are held back.
    public let piece: Int

    public init(heldBefore: Int, piece: Int) {
        self.heldBefore = heldBefore
        self.piece = piece
    }
}

/// Shows the content of one response to the handler that asked to see it.
struct ContentInspector {
    private let handler: any RequestHandler
    private let exchange: UInt32
    /// Takes the content's coding away before it is shown; nil when it has none.
    let decoder: ContentDecoder?

    /// Nil for an exchange whose content passes unseen.
    init?(_ exchange: ExchangePointer, _ worker: borrowing Worker) {
        guard exchange.pointee.flags.contains(.inspected) else { return nil }
        handler = worker.handler(of: worker.channels[exchange.pointee.client])
        self.exchange = exchange.pointee.index
        decoder =
            exchange.pointee.flags.contains(.decoded)
            ? worker.decoders[exchange.pointee.index] : nil
    }

    /// - Parameter lines: a head or trailers, complete, in memory that may be changed.
    func inspect(lines: UnsafeMutableRawBufferPointer) {
        handler.inspect(lines: lines, of: exchange)
    }

    /// The piece as far as it may pass. What was held back goes to `place`, which moves behind it.
    ///
    /// The piece is content that was read and is nobody else's: it is changed where it lies.
    func inspect(
        _ piece: UnsafeRawBufferPointer, _ out: UnsafeMutableRawBufferPointer, at place: inout Int
    ) -> UnsafeRawBufferPointer {
        let seen = handler.inspect(
            content: UnsafeMutableRawBufferPointer(mutating: piece),
            behind: UnsafeMutableRawBufferPointer(rebasing: out[place...]), of: exchange)
        place &+= seen.heldBefore
        return UnsafeRawBufferPointer(rebasing: piece[..<seen.piece])
    }

    /// The content has ended: writes what was held back to `place`, and returns its size.
    func finish(_ out: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
        handler.finishContent(
            of: exchange, into: UnsafeMutableRawBufferPointer(rebasing: out[place...]))
    }
}
