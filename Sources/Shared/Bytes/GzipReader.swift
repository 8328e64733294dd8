/// Inflates gzip members one after another (RFC 1952 §2.2), a chunk at a time and within limits.
public struct GzipReader: ~Copyable {
    public typealias Limits = Inflater.Limits

    private let compressed: [UInt8]
    private var inflater: Inflater
    private var consumed = 0

    public init(_ compressed: [UInt8], limits: Limits = Limits()) throws(GzipError) {
        guard !compressed.isEmpty else { throw .empty }
        guard compressed.count >= 10 else { throw .headerTruncated }
        inflater = try Inflater(.gzip, limits: limits)
        self.compressed = compressed
    }

    /// Fills the front of `buffer` and returns how many bytes it got; 0 means the end.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(GzipError) -> Int {
        guard !buffer.isEmpty else { return 0 }
        while true {
            let offered = compressed.count - consumed
            let progress = try inflate(into: buffer)
            consumed += progress.consumed
            if progress.produced > 0 { return progress.produced }
            guard progress.consumed == offered else { continue }
            guard inflater.isComplete else { throw .truncated }
            return 0
        }
    }

    private mutating func inflate(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(GzipError) -> Inflater.Progress {
        let source = compressed
        let start = consumed
        let outcome = source.withUnsafeBytes { bytes in
            Result { () throws(GzipError) in
                try inflater.inflate(
                    UnsafeRawBufferPointer(rebasing: bytes[start...]), into: buffer)
            }
        }
        return try outcome.get()
    }
}
