internal import CZlib

/// Deflates whole buffers to gzip.
public enum GzipWriter {
    /// One member that holds `bytes`. The same bytes always give the same member: it carries no
    /// time and no name.
    public static func compress(_ bytes: [UInt8]) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        let size = CInt(MemoryLayout<z_stream>.size)
        let started = deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, size)
        guard started == Z_OK else { throw .outOfMemory }
        defer { deflateEnd(&stream) }
        guard bytes.count <= Int(UInt32.max) else { throw .tooLarge(limit: Int(UInt32.max)) }

        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        guard bound <= Int(UInt32.max) else { throw .tooLarge(limit: Int(UInt32.max)) }
        var finished = false
        let compressed = [UInt8](unsafeUninitializedCapacity: bound) { room, count in
            bytes.withUnsafeBufferPointer { source in
                // zlib never writes through next_in; its type lacks the const.
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = UInt32(source.count)
                stream.next_out = room.baseAddress
                stream.avail_out = UInt32(room.count)
                finished = deflate(&stream, Z_FINISH) == Z_STREAM_END
            }
            count = room.count - Int(stream.avail_out)
        }
        guard finished else { throw .outOfMemory }
        return compressed
    }
}
