internal import Bytes
internal import Glibc

/// The end of a log as a daemon that was ended left it.
struct AuditTail {
    /// Of the last whole line.
    let position: AuditPosition
    /// The bytes of the file up to its end.
    let bytes: Int
    /// What follows it: a line that was not written to its end, or what the disk made of it.
    let torn: [UInt8]
    /// When the file's first line was written, in seconds since 1970.
    let since: Int64

    /// How far from its end a file is looked at.
    private static let bytesMax = 4 << 20

    /// - Throws: `damaged` when there is something, but no line.
    init(of path: String) throws(AuditFault) {
        let (end, offset) = try Self.end(of: path)
        var limit = end.endIndex
        while let newline = end[..<limit].lastIndex(of: UInt8(ascii: "\n")) {
            let start = end[..<newline].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let line = end[start..<newline]
            if let claim = AuditChain.claim(of: line), claim.holds,
                let sequence = AuditEntry.sequence(of: line)
            {
                position = AuditPosition(sequence: sequence, hash: claim.hash)
                bytes = offset + newline + 1
                torn = Array(end[(newline + 1)...])
                since = try Self.since(path)
                return
            }
            // The end of the line before is looked for next.
            limit = start
            guard limit > 0 else { break }
        }
        throw .damaged(path)
    }

    /// The last bytes of the file, and where they begin.
    private static func end(of path: String) throws(AuditFault) -> ([UInt8], Int) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last(path) }
        let offset = max(0, Int(status.st_size) - bytesMax)
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) - offset)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { memory in
                pread(
                    descriptor, memory.baseAddress.map { $0 + filled }, memory.count - filled,
                    off_t(offset + filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last(path) }
            filled += count
        }
        return (bytes, offset)
    }

    private static func since(_ path: String) throws(AuditFault) -> Int64 {
        var reader = try AuditLineReader(path)
        guard let first = try reader.next(), let entry = AuditEntry(first) else { return 0 }
        return RFC3339.seconds(from: Array(entry["time"].utf8).span) ?? 0
    }

    /// Keeps what was torn off beside the log, under a name that says what it is.
    ///
    /// - Returns: the name.
    static func keep(_ torn: [UInt8], beside path: String) throws(AuditFault) -> String {
        let kept = "\(path).torn-\(AuditDigest.of(torn).prefix(16))"
        var file = try AuditTornFile(kept)
        try file.write(torn)
        return kept.split(separator: "/").last.map(String.init) ?? kept
    }
}
