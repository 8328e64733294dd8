internal import Bytes

/// Finds the content of one message in what arrives, in place (RFC 9112 §6–7).
///
/// Call `next` until it says `needMore` or `end`; what lies behind `position` then is kept for the
/// next call, or belongs to the next message.
public struct BodyDecoder: Sendable, BitwiseCopyable {
    public enum Event: Equatable, Sendable {
        /// Content, counted from the start of the bytes given.
        case content(ByteRange)
        /// A trailer section, its empty line included, well formed; `FieldTable.parseTrailers`
        /// reads it. Follows all content, precedes `end`.
        case trailers(ByteRange)
        case needMore
        case end
    }

    private enum State {
        case length, untilClose, chunkLine, chunkData, chunkDataCR, chunkDataLF, trailers, ended
    }

    private let limits: BodyLimits
    private var state: State
    private var remaining: UInt64 = 0
    private var contentBytes: UInt64 = 0
    private var chunkLine = ChunkLine()
    private var extensionBytes = 0
    /// How much of the trailer section is known to be whole lines.
    private var trailerBytes = 0

    /// Throws `contentTooLarge` when the declared length alone is above the limit.
    public init(_ framing: BodyFraming, limits: BodyLimits = BodyLimits()) throws(BodyError) {
        self.limits = limits
        switch framing {
        case .none: state = .ended
        case .contentLength(let length):
            guard length <= limits.contentBytesMax else { throw .contentTooLarge }
            state = length == 0 ? .ended : .length
            remaining = length
        case .chunked: state = .chunkLine
        case .untilClose: state = .untilClose
        }
    }

    /// A decoder of nothing.
    public init() {
        limits = BodyLimits()
        state = .ended
    }

    /// The message has been read to its end.
    public var isAtEnd: Bool { state == .ended }

    /// Content bytes that follow without anything between them, when that is known: those may be
    /// passed on unseen, and `passed` told.
    public var contiguousBytes: UInt64 {
        state == .length || state == .chunkData ? remaining : 0
    }

    /// Content bytes so far.
    public var contentBytesSoFar: UInt64 { contentBytes }

    /// That many of `contiguousBytes` went by without being shown to `next`.
    public mutating func passed(_ count: UInt64) {
        precondition(count <= contiguousBytes)
        take(count)
    }

    /// The next event in `bytes` from `position` on, which moves behind it.
    public mutating func next(
        _ bytes: UnsafeRawBufferPointer, at position: inout Int
    ) throws(BodyError) -> Event {
        while true {
            switch state {
            case .ended: return .end
            case .length, .chunkData, .untilClose:
                guard position < bytes.count else { return .needMore }
                return .content(try takeContent(bytes, &position))
            case .chunkLine:
                guard try readChunkLine(bytes, &position) else { return .needMore }
            case .chunkDataCR, .chunkDataLF:
                guard position < bytes.count else { return .needMore }
                try readDataEnd(bytes[position])
                position &+= 1
            case .trailers:
                guard let section = try readTrailers(bytes, position) else { return .needMore }
                state = .ended
                position = section.end
                return section.count > 2 ? .trailers(section) : .end
            }
        }
    }

    /// The peer has closed its side: right for `untilClose` and behind the end only.
    public mutating func endOfInput() throws(BodyError) {
        guard state == .ended || state == .untilClose else { throw .truncated }
        state = .ended
    }

    private mutating func takeContent(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(BodyError) -> ByteRange {
        let available = min(bytes.count &- position, Int(UInt32.max))
        let count =
            state == .untilClose
            ? available : Int(truncatingIfNeeded: min(remaining, UInt64(available)))
        let range = ByteRange(offset: position, length: count)
        position &+= count
        take(UInt64(count))
        guard contentBytes <= limits.contentBytesMax else { throw .contentTooLarge }
        return range
    }

    private mutating func take(_ count: UInt64) {
        contentBytes &+= count
        guard state != .untilClose else { return }
        remaining &-= count
        if remaining == 0 { state = state == .length ? .ended : .chunkDataCR }
    }

    /// False when the line goes on.
    private mutating func readChunkLine(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int
    ) throws(BodyError) -> Bool {
        while position < bytes.count {
            let step = try chunkLine.take(bytes[position])
            position &+= 1
            switch step {
            case .size: break
            case .extension:
                extensionBytes &+= 1
                guard extensionBytes <= limits.extensionBytesMax else {
                    throw .chunkExtensionsTooLong
                }
            case .end:
                remaining = chunkLine.size
                chunkLine = ChunkLine()
                state = remaining == 0 ? .trailers : .chunkData
                guard contentBytes &+ remaining <= limits.contentBytesMax else {
                    throw .contentTooLarge
                }
                return true
            }
        }
        return false
    }

    private mutating func readDataEnd(_ byte: UInt8) throws(BodyError) {
        let expected = state == .chunkDataCR ? ASCII.carriageReturn : ASCII.lineFeed
        guard byte == expected else { throw .chunkDataUnterminated }
        state = state == .chunkDataCR ? .chunkDataLF : .chunkLine
    }

    /// The section from `start`, once its empty line has come within the limit.
    private mutating func readTrailers(
        _ bytes: UnsafeRawBufferPointer, _ start: Int
    ) throws(BodyError) -> ByteRange? {
        let available = bytes.count &- start
        let visible = UnsafeRawBufferPointer(
            start: bytes.baseAddress, count: start &+ min(available, limits.trailerBytesMax))
        do {
            if let input = Input(visible), let section = try scanTrailers(input, start) {
                return section
            }
        } catch {
            throw .trailerMalformed(error.reason)
        }
        guard available <= limits.trailerBytesMax else { throw .trailersTooLong }
        return nil
    }

    /// Goes on behind the lines that are known to be whole.
    private mutating func scanTrailers(
        _ input: Input, _ start: Int
    ) throws(HeadError) -> ByteRange? {
        let classes = ByteClass.shared.table
        while start &+ trailerBytes < input.count {
            let line = start &+ trailerBytes
            if input[line] <= ASCII.space {
                let isFirst = trailerBytes == 0
                let end = try FieldLine.endOfSection(input, at: line, isFirst: isFirst)
                return end.map { ByteRange(from: start, to: $0) }
            }
            guard
                let parsed = try FieldLine.parse(input, at: line, names: .shared, classes: classes)
            else { return nil }
            trailerBytes = parsed.next &- start
        }
        return nil
    }
}
