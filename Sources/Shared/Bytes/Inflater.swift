internal import CZlib

/// Inflates a compressed stream that comes in pieces, within limits.
public struct Inflater: ~Copyable {
    public enum Format: Sendable {
        /// Members one after another (RFC 1952 §2.2).
        case gzip
        /// HTTP's `deflate`: a zlib stream (RFC 1950), or as some servers mean it its blocks alone.
        case deflate
    }

    /// How far hostile input may expand.
    public struct Limits: Sendable, Equatable {
        /// The most bytes that may come out.
        public var bytesMax: Int
        /// The most output bytes for each input byte, counted over the whole stream.
        public var ratioMax: Int
        /// Output up to this size is not held to the ratio: small archives are mostly padding.
        public var ratioFreeBytes: Int

        public init(
            bytesMax: Int = 1 << 30, ratioMax: Int = 100, ratioFreeBytes: Int = 1 << 20
        ) {
            self.bytesMax = bytesMax
            self.ratioMax = ratioMax
            self.ratioFreeBytes = ratioFreeBytes
        }
    }

    /// What one call did.
    public struct Progress: Equatable, Sendable {
        /// Bytes of the input that are used up.
        public var consumed = 0
        /// Bytes of the output that were written. All of them: there may be more to come out.
        public var produced = 0
    }

    private enum State {
        /// Before the first member, or between two of them.
        case between
        case inside
        case ended
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var format: Format
    private var limits: Limits
    private var state = State.between
    private var consumed = 0
    private var produced = 0

    public init(_ format: Format, limits: Limits = Limits()) throws(GzipError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = CInt(MemoryLayout<z_stream>.size)
        guard inflateInit2_(stream, Self.gzipWindow, ZLIB_VERSION, size) == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
        self.stream = stream
        self.format = format
        self.limits = limits
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    private static let zlibWindow: CInt = 15
    /// 16 more: with gzip's header.
    private static let gzipWindow: CInt = 15 + 16
    /// Negative: without any header.
    private static let rawWindow: CInt = -15

    /// Begins another stream with the memory of the last one.
    public mutating func restart(_ format: Format, limits: Limits) {
        self.format = format
        self.limits = limits
        state = .between
        consumed = 0
        produced = 0
    }

    /// Whether the stream may end here: behind a whole one, or where nothing has come yet.
    public var isComplete: Bool { state != .inside }

    /// Inflates as much of `input` as `output` has room for.
    ///
    /// Output that fits is never kept back for input to come.
    public mutating func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(GzipError) -> Progress {
        var progress = Progress()
        while progress.produced < output.count {
            switch state {
            case .ended:
                guard progress.consumed == input.count else {
                    throw .corrupt("data behind the end")
                }
                return progress
            case .between:
                let rest = UnsafeRawBufferPointer(rebasing: input[progress.consumed...])
                guard !rest.isEmpty else { return progress }
                try begin(rest)
            case .inside:
                let before = progress
                try step(input, output, &progress)
                if state == .inside, progress == before { return progress }
            }
        }
        return progress
    }

    private mutating func begin(_ input: UnsafeRawBufferPointer) throws(GzipError) {
        let window: CInt
        switch format {
        case .gzip:
            if input.count >= 2, input[0] != 0x1F || input[1] != 0x8B { throw .notGzip }
            window = Self.gzipWindow
        case .deflate:
            // A zlib stream says method 8 in its first four bits; a block that began like that
            // would be a stored one with padding that nobody writes (RFC 1951 §3.2.3).
            window = input[0] & 0x0F == 8 ? Self.zlibWindow : Self.rawWindow
        }
        guard inflateReset2(stream, window) == Z_OK else { throw .outOfMemory }
        state = .inside
    }

    private mutating func step(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
        _ progress: inout Progress
    ) throws(GzipError) {
        let offered = min(input.count &- progress.consumed, Int(UInt32.max))
        let room = min(output.count &- progress.produced, Int(UInt32.max))
        // zlib never writes through next_in; its type lacks the const.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress.map {
                ($0 + progress.consumed).assumingMemoryBound(to: UInt8.self)
            })
        stream.pointee.avail_in = UInt32(offered)
        stream.pointee.next_out = output.baseAddress.map {
            ($0 + progress.produced).assumingMemoryBound(to: UInt8.self)
        }
        stream.pointee.avail_out = UInt32(room)
        let status = CZlib.inflate(stream, Z_SYNC_FLUSH)
        let taken = offered &- Int(stream.pointee.avail_in)
        let made = room &- Int(stream.pointee.avail_out)
        progress.consumed &+= taken
        progress.produced &+= made
        consumed &+= taken
        produced &+= made
        try checkLimits()
        switch status {
        case Z_STREAM_END: state = format == .gzip ? .between : .ended
        case Z_OK, Z_BUF_ERROR: break
        case Z_MEM_ERROR: throw .outOfMemory
        default:
            throw .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "invalid data")
        }
    }

    private func checkLimits() throws(GzipError) {
        if produced > limits.bytesMax { throw .tooLarge(limit: limits.bytesMax) }
        if produced > limits.ratioFreeBytes, produced / limits.ratioMax > consumed {
            throw .ratioExceeded(limit: limits.ratioMax)
        }
    }
}
