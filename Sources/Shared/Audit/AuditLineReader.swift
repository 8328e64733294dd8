internal import Glibc

/// Reads the lines of a file one after the other, holding a part of it at a time.
struct AuditLineReader: ~Copyable {
    private let path: String
    private let descriptor: CInt
    private var buffer: [UInt8] = []
    /// What of `buffer` has been given out.
    private var used = 0
    private var offset: Int
    /// What follows the last line end; nil until the end was seen.
    private(set) var remainder: [UInt8]?

    private static let chunkBytes = 256 << 10

    /// - Parameter offset: where a line begins.
    init(_ path: String, from offset: Int = 0) throws(AuditFault) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
        self.path = path
        self.offset = offset
    }

    deinit { close(descriptor) }

    /// The next line without its end; nil behind the last one. A line that is longer than any may
    /// be comes in pieces, none of which is a line of a chain.
    mutating func next() throws(AuditFault) -> ArraySlice<UInt8>? {
        while true {
            if let end = buffer[used...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[used..<end]
                used = end + 1
                return line
            }
            if buffer.count - used > AuditLine.bytesMax {
                let piece = buffer[used...]
                used = buffer.count
                return piece
            }
            guard try fill() else {
                remainder = Array(buffer[used...])
                return nil
            }
        }
    }

    /// False at the end of the file.
    private mutating func fill() throws(AuditFault) -> Bool {
        buffer.removeSubrange(..<used)
        used = 0
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last(path) }
            buffer += chunk[..<count]
            offset += count
            return count > 0
        }
    }

    /// Where the first line begins whose number is `sequence` or greater. Numbers rise, so it is
    /// looked for by halves.
    static func offset(of sequence: UInt64, in path: String) throws(AuditFault) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .last(path) }
        var low = 0
        var high = Int(status.st_size)
        while high - low > chunkBytes {
            let middle = low + (high - low) / 2
            var reader = try AuditLineReader(path, from: middle)
            guard let piece = try reader.next(), let line = try reader.next(),
                let number = AuditEntry.sequence(of: line)
            else { break }
            let begin = middle + piece.count + 1
            guard begin < high else { break }
            if number < sequence { low = begin } else { high = begin }
        }
        return low
    }
}
