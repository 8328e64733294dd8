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

    /// What `collect` found.
    private struct Collected {
        /// How much of `out` is filled.
        var used: Int
        /// The last piece, which is sent from where it lies if nothing comes behind it.
        var piece = UnsafeRawBufferPointer(start: nil, count: 0)
        /// Of the bytes: the trailers.
        var section = ByteRange.empty
        var isDone = false
    }

    // The worker holds nothing of this, so there is no cycle; it outlives every call.
    private let worker: Worker

    init(_ worker: Worker) { self.worker = worker }

    private var channels: Channels { worker.channels }
    private var scratch: Scratch { worker.scratch }
    private var out: UnsafeMutableRawBufferPointer { scratch.out }

    private static let copiedBytesMax = 2048

    /// Sends `headCount` bytes that already stand at the start of the scratch `out`, then the
    /// content that `bytes` holds from `position` on, which moves behind what was used.
    /// What remains of `bytes` is the start of a line, or the next message.
    func pass(
        _ bytes: UnsafeRawBufferPointer, at position: inout Int, _ decoder: inout BodyDecoder,
        as framing: BodyFraming, behind headCount: Int, seenBy inspector: ContentInspector? = nil,
        from sender: ChannelPointer, to receiver: ChannelPointer
    ) throws(BodyError) -> Progress {
        // A chunk's header is written last; the head moves up to it.
        let isChunked = framing == .chunked && receiver.pointee.kind != .stream
        let start = headCount &+ (isChunked ? ChunkedEncoding.headerBytesMax : 0)
        let collected = try collect(bytes, &position, &decoder, start, inspector, sender)
        let trailers =
            collected.isDone ? trailers(collected.section, of: bytes, sender) : nil
        let isSent =
            if receiver.pointee.kind == .stream {
                try sendToStream(collected, trailers, headCount, inspector, receiver)
            } else if isChunked {
                try sendChunk(collected, trailers, headCount, inspector, receiver)
            } else {
                sendPlain(collected, headCount, receiver)
            }
        guard isSent else { return .broken }
        return collected.isDone ? .done : .more
    }

    /// All the content that there is now: in `out` from `start` on, but for the last piece.
    private func collect(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ decoder: inout BodyDecoder,
        _ start: Int, _ inspector: ContentInspector?, _ sender: ChannelPointer
    ) throws(BodyError) -> Collected {
        var result = Collected(used: start)
        reading: while true {
            switch try next(&decoder, bytes, &position, sender) {
            case .content(let range):
                if !result.piece.isEmpty {
                    result.used = append(result.piece, at: result.used)
                }
                result.piece = range.slice(of: bytes)
                if let inspector {
                    result.piece = inspector.inspect(result.piece, out, at: &result.used)
                }
            case .trailers(let range): result.section = range
            case .needMore: return result
            case .end: break reading
            }
        }
        result.isDone = true
        let held = inspector?.finish(out, at: result.used &+ result.piece.count) ?? 0
        if held > 0 {
            result.used = append(result.piece, at: result.used) &+ held
            result.piece = UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return result
    }

    /// Like the decoder's, but that a stream's content ends with what has come of it.
    private func next(
        _ decoder: inout BodyDecoder, _ bytes: UnsafeRawBufferPointer, _ position: inout Int,
        _ sender: ChannelPointer
    ) throws(BodyError) -> BodyDecoder.Event {
        let event = try decoder.next(bytes, at: &position)
        guard event == .needMore, sender.pointee.kind == .stream,
            sender.pointee.flags.contains(.readToEnd)
        else { return event }
        try decoder.endOfInput()
        return .end
    }

    // MARK: sending

    private func sendPlain(
        _ content: Collected, _ headCount: Int, _ receiver: ChannelPointer
    ) -> Bool {
        var used = content.used
        var piece = content.piece
        // A little content goes with the head: one copy is cheaper than a second piece.
        if piece.count <= Self.copiedBytesMax {
            used = append(piece, at: used)
            piece = UnsafeRawBufferPointer(start: nil, count: 0)
        }
        let head = UnsafeRawBufferPointer(start: out.baseAddress, count: used)
        return channels.send(receiver, head, piece)
    }

    /// Content goes as it is: the stream frames it.
    private func sendToStream(
        _ content: Collected, _ trailers: UnsafeRawBufferPointer?, _ headCount: Int,
        _ inspector: ContentInspector?, _ receiver: ChannelPointer
    ) throws(BodyError) -> Bool {
        var used = content.used
        var trailerBytes = 0
        if used > headCount || trailers != nil { used = append(content.piece, at: used) }
        if let trailers {
            trailerBytes = try writeTrailers(trailers, at: used)
            let lines = UnsafeMutableRawBufferPointer(rebasing: out[used..<(used &+ trailerBytes)])
            inspector?.inspect(lines: lines)
            used &+= trailerBytes
        }
        let head = UnsafeRawBufferPointer(start: out.baseAddress, count: headCount)
        let gathered = UnsafeRawBufferPointer(rebasing: out[headCount..<used])
        return worker.multiplexer.send(
            receiver, head, used == headCount ? content.piece : gathered,
            trailerBytes: trailerBytes, isLast: content.isDone)
    }

    /// All content of this turn becomes one chunk.
    private func sendChunk(
        _ content: Collected, _ trailers: UnsafeRawBufferPointer?, _ headCount: Int,
        _ inspector: ContentInspector?, _ receiver: ChannelPointer
    ) throws(BodyError) -> Bool {
        let contentStart = headCount &+ ChunkedEncoding.headerBytesMax
        var used = append(content.piece, at: content.used)
        var start = contentStart
        if used > contentStart {
            start = writeChunkHeader(of: used &- contentStart, endingAt: contentStart)
            used = append(ChunkedEncoding.dataEnd, at: used)
        }
        start = moveHead(headCount, to: start &- headCount)
        if content.isDone {
            let end = used
            used = try appendEnd(trailers, at: used)
            inspector?.inspect(lines: UnsafeMutableRawBufferPointer(rebasing: out[end..<used]))
        }
        return channels.send(receiver, UnsafeRawBufferPointer(rebasing: out[start..<used]))
    }

    /// The sender's content ended with its connection: what was held back goes, and the end.
    func end(
        as framing: BodyFraming, seenBy inspector: ContentInspector?, to receiver: ChannelPointer
    ) {
        let contentStart = ChunkedEncoding.headerBytesMax
        let held = inspector?.finish(out, at: contentStart) ?? 0
        var start = contentStart
        var used = contentStart &+ held
        if receiver.pointee.kind == .stream {
            let none = UnsafeRawBufferPointer(start: nil, count: 0)
            let rest = UnsafeRawBufferPointer(rebasing: out[start..<used])
            worker.send(receiver, none, rest, isLast: true)
            return
        }
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

    // MARK: pieces

    /// The sender's trailer section with its empty line; nil when there is none.
    private func trailers(
        _ section: ByteRange, of bytes: UnsafeRawBufferPointer, _ sender: ChannelPointer
    ) -> UnsafeRawBufferPointer? {
        guard sender.pointee.kind == .stream else {
            return section.isEmpty ? nil : section.slice(of: bytes)
        }
        guard sender.pointee.trailerBytes > 0 else { return nil }
        let trailers = sender.pointee.trailers
        // They are used up with this; the bytes stay until the sender's buffer is given back.
        sender.pointee.trailerBytes = 0
        return trailers
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

    /// The last chunk, and the trailers.
    private func appendEnd(
        _ trailers: UnsafeRawBufferPointer?, at start: Int
    ) throws(BodyError) -> Int {
        guard let trailers else { return append(ChunkedEncoding.end, at: start) }
        let lines = append(ChunkedEncoding.lastChunk, at: start)
        return lines &+ (try writeTrailers(trailers, at: lines))
    }

    /// Writes those trailer fields that may stand there (RFC 9110 §6.5.1), and an empty line.
    /// Returns how many bytes that are.
    private func writeTrailers(
        _ section: UnsafeRawBufferPointer, at start: Int
    ) throws(BodyError) -> Int {
        do throws(HeadError) {
            try scratch.trailers.parseTrailers(
                section, in: ByteRange(offset: 0, length: section.count))
        } catch {
            throw .trailerMalformed(error.reason)
        }
        var writer = HeadWriter(UnsafeMutableRawBufferPointer(rebasing: out[start...]))
        writer.copyFields(scratch.trailers, of: section, except: scratch.trailerFilter)
        writer.endHead()
        guard case .written(let count) = writer.result else { throw .trailersTooLong }
        return count
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
