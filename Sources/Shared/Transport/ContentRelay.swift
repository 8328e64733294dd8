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

    // The worker holds nothing of this, so there is no cycle; it outlives every call.
    private unowned(unsafe) let worker: Worker

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
        as framing: BodyFraming, behind headCount: Int, from sender: ChannelPointer,
        to receiver: ChannelPointer
    ) throws(BodyError) -> Progress {
        if receiver.pointee.kind == .stream {
            return try passToStream(bytes, &position, &decoder, headCount, sender, receiver)
        }
        if framing == .chunked {
            return try passChunked(bytes, &position, &decoder, headCount, sender, receiver)
        }
        var first = ByteRange.empty
        var used = headCount
        var done = false
        reading: while true {
            switch try next(&decoder, bytes, &position, sender) {
            case .content(let range):
                gather(range, of: bytes, &first, &used, headCount)
            case .trailers: continue
            case .needMore: break reading
            case .end:
                done = true
                break reading
            }
        }
        if done { sender.pointee.trailerBytes = 0 }
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

    /// Content in several pieces, from chunks, is put together in `out`.
    private func gather(
        _ range: ByteRange, of bytes: UnsafeRawBufferPointer, _ first: inout ByteRange,
        _ used: inout Int, _ headCount: Int
    ) {
        guard !first.isEmpty else {
            first = range
            return
        }
        if used == headCount { used = append(first.slice(of: bytes), at: used) }
        used = append(range.slice(of: bytes), at: used)
    }

    /// The end of a message whose sender ended its connection with it.
    func end(_ receiver: ChannelPointer, as framing: BodyFraming) {
        let end = ChunkedEncoding.end
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        if receiver.pointee.kind == .stream {
            worker.send(receiver, none, isLast: true)
        } else if framing == .chunked {
            channels.send(
                receiver,
                UnsafeRawBufferPointer(start: end.utf8Start, count: end.utf8CodeUnitCount))
        }
    }

    /// Content goes as it is: the stream frames it.
    private func passToStream(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ decoder: inout BodyDecoder,
        _ headCount: Int, _ sender: ChannelPointer, _ receiver: ChannelPointer
    ) throws(BodyError) -> Progress {
        var first = ByteRange.empty
        var used = headCount
        var section = ByteRange.empty
        var done = false
        reading: while true {
            switch try next(&decoder, bytes, &position, sender) {
            case .content(let range): gather(range, of: bytes, &first, &used, headCount)
            case .trailers(let range): section = range
            case .needMore: break reading
            case .end:
                done = true
                break reading
            }
        }
        let trailers = done ? trailers(section, of: bytes, sender) : nil
        var trailerBytes = 0
        if let trailers {
            if used == headCount { used = append(first.slice(of: bytes), at: used) }
            trailerBytes = try writeTrailers(trailers, at: used)
            used &+= trailerBytes
        }
        let head = UnsafeRawBufferPointer(start: out.baseAddress, count: headCount)
        let content =
            used == headCount
            ? first.slice(of: bytes) : UnsafeRawBufferPointer(rebasing: out[headCount..<used])
        let isSent = worker.multiplexer.send(
            receiver, head, content, trailerBytes: trailerBytes, isLast: done)
        guard isSent else { return .broken }
        return done ? .done : .more
    }

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

    /// All content of this turn becomes one chunk.
    private func passChunked(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ decoder: inout BodyDecoder,
        _ headCount: Int, _ sender: ChannelPointer, _ receiver: ChannelPointer
    ) throws(BodyError) -> Progress {
        // The chunk's header is written last; the head moves up to it.
        let contentStart = headCount &+ ChunkedEncoding.headerBytesMax
        var used = contentStart
        var section = ByteRange.empty
        var done = false
        reading: while true {
            switch try next(&decoder, bytes, &position, sender) {
            case .content(let range): used = append(range.slice(of: bytes), at: used)
            case .trailers(let range): section = range
            case .needMore: break reading
            case .end:
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
        if done { used = try appendEnd(trailers(section, of: bytes, sender), at: used) }
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
