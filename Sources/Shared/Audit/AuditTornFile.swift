internal import Glibc

/// Where bytes are kept that were at the end of a log and are no line of it.
struct AuditTornFile: ~Copyable {
    private let path: String
    private let descriptor: CInt

    init(_ path: String) throws(AuditFault) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .last(path) }
    }

    deinit { close(descriptor) }

    /// When it returns, they are on the disk.
    mutating func write(_ bytes: [UInt8]) throws(AuditFault) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { rest in
                Glibc.write(
                    descriptor, rest.baseAddress.map { $0 + written }, rest.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last(path) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw .last(path) }
    }
}
