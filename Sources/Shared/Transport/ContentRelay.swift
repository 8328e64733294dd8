internal import Bytes
internal import HTTP

/// Passes content on: takes it out of the sender's framing and writes it in the receiver's.
/// Requests and responses go through the same lines.
struct ContentRelay {
    enum Progress: Equatable {
        case more
        case done
        /// The receiver is gone.
        case broken
    }

    private unowned(unsafe) let channels: Channels
    private unowned(unsafe) let scratch: Scratch

    init(channels: Channels, scratch: Scratch) {
        self.channels = channels
        self.scratch = scratch
    }

    private var out: UnsafeMutableRawBufferPointer { scratch.out }

    private static let copiedBytesMax = 2048

    /// Sends `headCount` bytes that already stand at the start of the scratch `out`, then the
    /// content that `bytes` holds from `position` on, which moves behind what was used.
    /// What remains of `bytes` is the start of a line, or the next message.
    func pass(
        _ bytes: UnsafeRawBufferPointer, at position: inout Int, _ decoder: inout BodyDecoder,
        as framing: BodyFraming, behind headCount: Int, seenBy inspector: ContentInspector? = nil,
        to receiver: ChannelPointer
    ) throws(BodyError) -> Progress {
        if framing == .chunked {
            return try passChunked(bytes, &position, &decoder, headCount, inspector, receiver)
        }
        if let inspector {
            return try passInspected(bytes, &position, &decoder, headCount, inspector, receiver)
        }
        var first = ByteRange.empty
        var used = headCount
        var done = false
        reading: while true {
            switch try decoder.next(bytes, at: &position) {
            case .content(let range):
                if first.isEmpty {
                    first = range
                } else {
                    // Content in several pieces, from chunks: what went before moves to `out`.
                    if used == headCount { used = append(first.slice(of: bytes), at: used) }
                    used = append(range.slice(of: bytes), at: used)
                }
            case .trailers: continue
            case .needMore: break reading
            case .end:
                done = true
                break reading
            }
        }
        // A little content goes with the head: one copy is cheaper than a second piece.
        if used == headCount, !first.isEmpty, first.count <= Self.copiedBytesMax {
            used = append(first.slice(of: bytes), at: used)
        }
        let content =
            used == headCount
            ? first.slice(of: bytes) : UnsafeRawBufferPointer(start: nil, count: 0)
        let head = UnsafeRawBufferPointer(start: out.baseAddress, count: used)
        guard channels.send(receiver, head, content) else { return .broken }
        return done ? .done : .more
    }

    /// Without chunks, and with content that a handler sees first.
    private func passInspected(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ decoder: inout BodyDecoder,
        _ headCount: Int, _ inspector: ContentInspector, _ receiver: ChannelPointer
    ) throws(BodyError) -> Progress {
        var used = headCount
        // The last piece, which is sent from where it lies if nothing comes behind it.
        var piece = UnsafeRawBufferPointer(start: nil, count: 0)
        var done = false
        reading: while true {
            switch try decoder.next(bytes, at: &position) {
            case .content(let range):
                used = append(piece, at: used)
                piece = inspector.inspect(range.slice(of: bytes), out, at: &used)
            case .trailers: continue
            case .needMore: break reading
            case .end:
                done = true
                break reading
            }
        }
        let held = done ? inspector.finish(out, at: used &+ piece.count) : 0
        if held > 0 || piece.count <= Self.copiedBytesMax {
            used = append(piece, at: used) &+ held
            piece = UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let head = UnsafeRawBufferPointer(start: out.baseAddress, count: used)
        guard channels.send(receiver, head, piece) else { return .broken }
        return done ? .done : .more
    }

    /// The sender's content ended with its connection: what was held back goes, and the end of
    /// chunks.
    func end(
        as framing: BodyFraming, seenBy inspector: ContentInspector?, to receiver: ChannelPointer
    ) {
        let contentStart = ChunkedEncoding.headerBytesMax
        let held = inspector?.finish(out, at: contentStart) ?? 0
        var start = contentStart
        var used = contentStart &+ held
        if framing == .chunked {
            if held > 0 {
                start = writeChunkHeader(of: held, endingAt: contentStart)
                used = append(ChunkedEncoding.dataEnd, at: used)
            }
            used = append(ChunkedEncoding.end, at: used)
        }
        guard used > start else { return }
        channels.send(receiver, UnsafeRawBufferPointer(rebasing: out[start..<used]))
    }

    /// All content of this turn becomes one chunk.
    private func passChunked(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ decoder: inout BodyDecoder,
        _ headCount: Int, _ inspector: ContentInspector?, _ receiver: ChannelPointer
    ) throws(BodyError) -> Progress {
        // The chunk's header is written last; the head moves up to it.
        let contentStart = headCount &+ ChunkedEncoding.headerBytesMax
        var used = contentStart
        var trailers = ByteRange.empty
        var done = false
        reading: while true {
            switch try decoder.next(bytes, at: &position) {
            case .content(let range):
                let piece = range.slice(of: bytes)
                used = append(inspector?.inspect(piece, out, at: &used) ?? piece, at: used)
            case .trailers(let range): trailers = range
            case .needMore: break reading
            case .end:
                used &+= inspector?.finish(out, at: used) ?? 0
                done = true
                break reading
            }
        }
        var start = contentStart
        if used > contentStart {
            start = writeChunkHeader(of: used &- contentStart, endingAt: contentStart)
            used = append(ChunkedEncoding.dataEnd, at: used)
        }
        start = moveHead(headCount, to: start &- headCount)
        if done {
            let end = used
            used = try appendEnd(bytes, trailers, at: used)
            inspector?.inspect(lines: UnsafeMutableRawBufferPointer(rebasing: out[end..<used]))
        }
        let message = UnsafeRawBufferPointer(rebasing: out[start..<used])
        guard channels.send(receiver, message) else { return .broken }
        return done ? .done : .more
    }

    private func writeChunkHeader(of count: Int, endingAt end: Int) -> Int {
        withUnsafeTemporaryAllocation(byteCount: ChunkedEncoding.headerBytesMax, alignment: 1) {
            let length = ChunkedEncoding.writeHeader(of: count, to: $0)
            let start = end &- length
            _ = append(UnsafeRawBufferPointer(rebasing: $0[..<length]), at: start)
            return start
        }
    }

    private func moveHead(_ count: Int, to start: Int) -> Int {
        guard count > 0, start > 0, let base = out.baseAddress else { return start }
        (base + start).copyMemory(from: base, byteCount: count)
        return start
    }

    /// The last chunk, and those trailer fields that may stand there (RFC 9110 §6.5.1).
    private func appendEnd(
        _ bytes: UnsafeRawBufferPointer, _ section: ByteRange, at start: Int
    ) throws(BodyError) -> Int {
        guard !section.isEmpty else { return append(ChunkedEncoding.end, at: start) }
        do throws(HeadError) {
            try scratch.trailers.parseTrailers(bytes, in: section)
        } catch {
            throw .trailerMalformed(error.reason)
        }
        let lines = append(ChunkedEncoding.lastChunk, at: start)
        var writer = HeadWriter(UnsafeMutableRawBufferPointer(rebasing: out[lines...]))
        writer.copyFields(scratch.trailers, of: bytes, except: scratch.trailerFilter)
        writer.endHead()
        guard case .written(let count) = writer.result else { throw .trailersTooLong }
        return lines &+ count
    }

    /// Returns where the next byte goes.
    private func append(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Int {
        precondition(place >= 0 && place &+ bytes.count <= out.count)
        guard let base = out.baseAddress, let source = bytes.baseAddress else { return place }
        (base + place).copyMemory(from: source, byteCount: bytes.count)
        return place &+ bytes.count
    }

    private func append(_ text: StaticString, at place: Int) -> Int {
        append(
            UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount),
            at: place)
    }
}
