internal import Bytes

/// Takes messages out of the bytes of a stream, however they are cut.
struct MessageReader {
    private let bytesMax: Int
    private let isCompressible: Bool
    private var held: [UInt8] = []
    /// The first byte of `held` that is not used.
    private var start = 0

    /// - Parameters:
    ///   - bytesMax: of one message, after it is decompressed.
    ///   - isCompressible: whether the client said that messages may be gzip.
    init(bytesMax: Int, isCompressible: Bool) {
        self.bytesMax = bytesMax
        self.isCompressible = isCompressible
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if start > 0, start == held.count {
            held.removeAll(keepingCapacity: true)
            start = 0
        }
        held.append(contentsOf: bytes)
    }

    /// Whether the stream may end here.
    var isBetweenMessages: Bool { start == held.count }

    /// The next message, or nil when it has not come as a whole.
    mutating func next() throws(Status) -> [UInt8]? {
        guard held.count &- start >= MessageFrame.headerBytes else { return nil }
        let flags = held[start]
        let length = held[(start &+ 1)..<(start &+ MessageFrame.headerBytes)]
            .reduce(0) { $0 << 8 | Int($1) }
        guard flags <= MessageFrame.compressedFlag else {
            throw Status(.internal, "a message with unknown flags")
        }
        guard length <= bytesMax else {
            throw Status(
                .resourceExhausted, "a message of \(length) bytes; \(bytesMax) at most")
        }
        let first = start &+ MessageFrame.headerBytes
        guard held.count &- first >= length else {
            compact()
            return nil
        }
        let message = Array(held[first..<(first &+ length)])
        start = first &+ length
        guard flags == MessageFrame.compressedFlag else { return message }
        return try decompress(message)
    }

    /// What is used up does not stay while the rest of a message comes.
    private mutating func compact() {
        guard start > 0 else { return }
        held.removeFirst(start)
        start = 0
    }

    private func decompress(_ message: [UInt8]) throws(Status) -> [UInt8] {
        guard isCompressible else {
            throw Status(.internal, "a compressed message without grpc-encoding")
        }
        do throws(GzipError) {
            return try GzipReader.readAll(
                message, limits: GzipReader.Limits(bytesMax: bytesMax, ratioMax: 1032))
        } catch {
            switch error {
            case .tooLarge, .ratioExceeded:
                throw Status(
                    .resourceExhausted, "a message above \(bytesMax) bytes once decompressed")
            default: throw Status(.internal, "a compressed message that cannot be read")
            }
        }
    }
}
