internal import Bytes
internal import HTTP

/// Takes the coding from the content of one response, so that its handler can look into it.
final class ContentDecoder {
    private var inflater: Inflater
    /// There may be more to come out of what has gone in, or content that has not gone in: no
    /// more is to be read before.
    var isPaused = false

    /// A response streams, so its size harms nobody here; what it may cost is bounded all the same.
    private static let limits = Inflater.Limits(
        bytesMax: 4 << 30, ratioMax: 200, ratioFreeBytes: 1 << 20)

    init(_ format: Inflater.Format) throws(GzipError) {
        inflater = try Inflater(format, limits: Self.limits)
    }

    func restart(_ format: Inflater.Format) {
        inflater.restart(format, limits: Self.limits)
        isPaused = false
    }

    /// Whether the content may end here.
    var isComplete: Bool { inflater.isComplete && !isPaused }

    func decode(
        _ piece: UnsafeRawBufferPointer, into memory: UnsafeMutableRawBufferPointer
    ) throws(BodyError) -> Inflater.Progress {
        do throws(GzipError) {
            return try inflater.inflate(piece, into: memory)
        } catch {
            throw .codingMalformed
        }
    }
}

extension Inflater.Format {
    /// Nil for a coding that is none, or that cannot be taken away.
    init?(_ coding: ContentCoding) {
        switch coding {
        case .gzip: self = .gzip
        case .deflate: self = .deflate
        case .identity, .other: return nil
        }
    }
}
