internal import Glibc

/// Whole files.
public enum File {
    /// The bytes of the regular file (or pipe) at `path`, links followed.
    public static func read(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, code: errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw FileError(path: path, code: EISDIR) }

        var bytes: [UInt8] = []
        let chunkBytes = 64 << 10
        // One byte more than the file, so that the last read sees the end without growing.
        bytes.reserveCapacity(min(Int(status.st_size), bytesMax) + 1)
        var chunk = [UInt8](repeating: 0, count: chunkBytes)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunkBytes)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(path: path, code: errno)
            }
            guard bytes.count + count <= bytesMax else {
                throw FileError(path: path, reason: "larger than the limit of \(bytesMax) bytes")
            }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Replaces the file at `path` by `bytes` in one step: a reader sees the old or the new.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        try replace(path, with: bytes, permissions: nil)
    }

    /// Replaces what the existing file at `path` holds: links are followed, permissions stay.
    public static func rewrite(_ path: String, with bytes: [UInt8]) throws(FileError) {
        guard let resolved = realpath(path, nil) else { throw FileError(path: path, code: errno) }
        defer { free(resolved) }
        var status = stat()
        guard stat(resolved, &status) == 0, access(resolved, W_OK) == 0 else {
            throw FileError(path: path, code: errno)
        }
        try replace(
            String(cString: resolved), with: bytes, permissions: status.st_mode & 0o7777)
    }

    /// Something is at `path`, links followed.
    public static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    private static func replace(
        _ path: String, with bytes: [UInt8], permissions: mode_t?
    ) throws(FileError) {
        let temporary = "\(path).\(getpid()).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(path: temporary, code: errno) }
        do throws(FileError) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, path: temporary)
            if let permissions, fchmod(descriptor, permissions) != 0 {
                throw FileError(path: temporary, code: errno)
            }
            guard fsync(descriptor) == 0 else { throw FileError(path: temporary, code: errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw FileError(path: path, code: code)
        }
    }

    private static func write(
        _ bytes: [UInt8], to descriptor: CInt, path: String
    ) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { source in
                Glibc.write(
                    descriptor, source.baseAddress.map { $0 + written }, source.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(path: path, code: errno)
            }
            written += count
        }
    }
}
