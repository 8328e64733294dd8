internal import Glibc

/// An open log: writes whole buffers, whatever the kernel takes at a time.
struct LogFile: ~Copyable {
    private let output: LogOutput
    private var descriptor: CInt

    /// Bytes that could not be written: a full disk, a closed pipe.
    private(set) var lostBytes: UInt64 = 0

    init(_ output: LogOutput) throws(LogOutputFault) {
        self.output = output
        descriptor = try LogFile.open(output)
    }

    deinit {
        if case .file = output { close(descriptor) }
    }

    /// Opens a file's path again, after it was moved away; on failure the old one stays in use.
    mutating func reopen() throws(LogOutputFault) {
        guard case .file = output else { return }
        let fresh = try LogFile.open(output)
        close(descriptor)
        descriptor = fresh
    }

    mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        var at = 0
        while at < bytes.count {
            let count = Glibc.write(descriptor, start + at, bytes.count - at)
            if count > 0 {
                at += count
            } else if count == 0 || !waitAfterFailure() {
                lostBytes &+= UInt64(bytes.count - at)
                return
            }
        }
    }

    // True when it makes sense to try again. Standard output may be a non-blocking pipe.
    private func waitAfterFailure() -> Bool {
        switch errno {
        case EINTR: return true
        case EAGAIN:
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            return Glibc.poll(&poll, 1, -1) >= 0 || errno == EINTR
        default: return false
        }
    }

    private static func open(_ output: LogOutput) throws(LogOutputFault) -> CInt {
        switch output {
        case .standardOutput: return STDOUT_FILENO
        case .standardError: return STDERR_FILENO
        case .file(let path):
            let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY
            let descriptor = Glibc.open(path, flags, 0o640)
            guard descriptor >= 0 else { throw LogOutputFault(path: path, systemError: errno) }
            return descriptor
        }
    }
}
