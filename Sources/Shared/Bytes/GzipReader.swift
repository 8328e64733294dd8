internal import CZlib

/// Inflates gzip members one after another (RFC 1952 §2.2), a chunk at a time and within limits.
public struct GzipReader: ~Copyable {
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

    private enum State {
        case inMember
        case betweenMembers
        case ended
    }

    private let compressed: [UInt8]
    private let limits: Limits
    private let stream: UnsafeMutablePointer<z_stream>
    private var state = State.betweenMembers
    private var consumed = 0
    private var produced = 0

    public init(_ compressed: [UInt8], limits: Limits = Limits()) throws(GzipError) {
        guard !compressed.isEmpty else { throw .empty }
        guard compressed.count >= 10 else { throw .headerTruncated }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, structBytes) == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
        self.compressed = compressed
        self.limits = limits
        self.stream = stream
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Fills the front of `buffer` and returns how many bytes it got; 0 means the end.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(GzipError) -> Int {
        guard !buffer.isEmpty else { return 0 }
        while true {
            switch state {
            case .ended:
                return 0
            case .betweenMembers:
                guard try beginMember() else { return 0 }
            case .inMember:
                let count = try inflateOnce(buffer)
                if count > 0 { return count }
            }
        }
    }

    /// False, and the stream ended, when no member follows.
    private mutating func beginMember() throws(GzipError) -> Bool {
        let left = compressed.count - consumed
        guard left > 0 else {
            state = .ended
            return false
        }
        if left >= 2, compressed[consumed] != 0x1F || compressed[consumed + 1] != 0x8B {
            throw .notGzip
        }
        guard inflateReset(stream) == Z_OK else { throw .outOfMemory }
        state = .inMember
        return true
    }

    private mutating func inflateOnce(
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws(GzipError) -> Int {
        let room = min(buffer.count, Int(UInt32.max))
        let offered = min(compressed.count - consumed, Int(UInt32.max))
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        let status = compressed.withUnsafeBufferPointer { source in
            // zlib never writes through next_in; its type lacks the const.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: source.baseAddress.map { $0 + consumed })
            stream.pointee.avail_in = UInt32(offered)
            return inflate(stream, Z_NO_FLUSH)
        }
        consumed += offered - Int(stream.pointee.avail_in)
        let count = room - Int(stream.pointee.avail_out)
        produced += count
        try checkLimits()
        switch status {
        case Z_STREAM_END: state = .betweenMembers
        case Z_OK: break
        case Z_BUF_ERROR: throw .truncated
        case Z_MEM_ERROR: throw .outOfMemory
        default:
            throw .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "invalid data")
        }
        return count
    }

    private func checkLimits() throws(GzipError) {
        if produced > limits.bytesMax { throw .tooLarge(limit: limits.bytesMax) }
        if produced > limits.ratioFreeBytes, produced / limits.ratioMax > consumed {
            throw .ratioExceeded(limit: limits.ratioMax)
        }
    }
}

private let structBytes = CInt(MemoryLayout<z_stream>.size)
