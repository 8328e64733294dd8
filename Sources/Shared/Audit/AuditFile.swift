internal import Glibc
internal import IO

/// The file that lines are appended to.
struct AuditFile: ~Copyable {
    let path: String
    /// When its first line was written, in seconds since 1970.
    let since: Int64
    /// The bytes of its lines; what is behind them is no part of the log.
    private(set) var bytes: Int
    private let descriptor: Descriptor
    private var isSynced = false

    private init(
        _ path: String, flags: CInt, since: Int64, bytes: Int
    ) throws(AuditFault) {
        let raw = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0o600)
        do throws(SystemError) {
            descriptor = try Descriptor(adopting: raw)
        } catch {
            throw .system(path, code: error.code)
        }
        self.path = path
        self.since = since
        self.bytes = bytes
    }

    /// A new file.
    static func create(_ path: String, since: Int64) throws(AuditFault) -> AuditFile {
        try AuditFile(path, flags: O_CREAT | O_EXCL, since: since, bytes: 0)
    }

    /// One that has lines already; what is behind them goes.
    static func `continue`(
        _ path: String, since: Int64, bytes: Int
    ) throws(AuditFault) -> AuditFile {
        let file = try AuditFile(path, flags: 0, since: since, bytes: bytes)
        try file.cut()
        return file
    }

    /// All of `lines`, or nothing: what was begun is taken back.
    mutating func append(_ lines: [UInt8]) throws(AuditFault) {
        isSynced = false
        var written = 0
        while written < lines.count {
            let count = lines.withUnsafeBytes { rest in
                pwrite(
                    descriptor.raw, rest.baseAddress.map { $0 + written }, rest.count - written,
                    off_t(bytes + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let fault = AuditFault.system(path, code: count == 0 ? ENOSPC : errno)
                try cut()
                throw fault
            }
            written += count
        }
        bytes += lines.count
    }

    /// Forces the lines to the disk.
    mutating func sync() throws(AuditFault) {
        guard !isSynced else { return }
        guard fdatasync(descriptor.raw) == 0 else { throw .last(path) }
        isSynced = true
    }

    /// Takes back everything behind the first `count` bytes.
    mutating func takeBack(to count: Int) throws(AuditFault) {
        bytes = count
        try cut()
    }

    private func cut() throws(AuditFault) {
        guard ftruncate(descriptor.raw, off_t(bytes)) == 0 else { throw .last(path) }
    }
}
