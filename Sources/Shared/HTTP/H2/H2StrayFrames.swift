/// What it takes to tell frames of streams that are gone, which nghttp2 drops without a word: those
/// that a client sent before it could know of the end, and those that it must not send.
struct H2StrayFrames {
    var scanner = H2FrameScanner(behind: H2Preface.byteCount)
    /// How far the peer's bytes were looked at, counted from its first one.
    var scannedBytes: UInt64 = 0
    /// Streams with content of this batch that is not to be.
    var refused: [Int32] = []
    /// The streams that we have reset last. A client has at most as many on their way as it may
    /// have open.
    private var reset = H2RecentStreams()
    /// The streams that the peer has reset last.
    private var resetByPeer = H2RecentStreams()
    /// The highest stream that the peer has opened, and that before this batch.
    private var last: Int32 = 0
    private var lastBefore: Int32 = 0
    /// Streams that were opened in this batch.
    private var opened: [Int32] = []

    init() { opened.reserveCapacity(H2RecentStreams.countMax) }

    mutating func beginBatch() {
        lastBefore = last
        if !opened.isEmpty { opened.removeAll(keepingCapacity: true) }
    }

    mutating func noteReset(_ stream: Int32) { reset.note(stream) }

    mutating func noteResetByPeer(_ stream: Int32) { resetByPeer.note(stream) }

    mutating func noteHead(_ stream: Int32) {
        guard stream > last else { return }
        last = stream
        opened.append(stream)
    }

    /// Whether the stream is gone, and its peer knew so when it sent a frame of it (RFC 9113 §5.1),
    /// or was passed over (§5.1.1). `isKnown` tells what was open when this batch began.
    func isStray(_ stream: Int32, isKnown: (Int32) -> Bool) -> Bool {
        guard stream & 1 == 1, stream <= last, !reset.contains(stream) else { return false }
        if resetByPeer.contains(stream) { return true }
        return stream <= lastBefore ? !isKnown(stream) : !opened.contains(stream)
    }
}
