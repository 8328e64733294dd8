internal import Glibc

/// Passes a command's streams on until their end or a limit.
struct OutputRelay: ~Copyable {
    private static let chunkBytes = 64 << 10

    private var output: CInt
    private var errors: CInt
    private let bytesMax: Int
    private(set) var bytes = 0
    private(set) var isTruncated = false
    private let chunk = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Self.chunkBytes, alignment: 16)

    init(output: CInt, errors: CInt, bytesMax: Int) {
        self.output = output
        self.errors = errors
        self.bytesMax = bytesMax
    }

    deinit { chunk.deallocate() }

    /// Somebody may still write.
    var isOpen: Bool { output >= 0 || errors >= 0 }

    /// Waits, and passes what there is. False when the limit is reached.
    mutating func pass(
        _ consume: (SandboxExecution.Stream, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        var waiting = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, -1) > 0 else { return true }
        if waiting[0].revents != 0, !read(.output, consume) { return false }
        return waiting[1].revents == 0 || read(.errors, consume)
    }

    /// Reads what is left, without keeping it, so that nobody waits to be read.
    mutating func discard() {
        var waiting = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
        ]
        while isOpen, poll(&waiting, 2, -1) >= 0 || errno == EINTR {
            for index in waiting.indices where waiting[index].revents != 0 {
                let count = Glibc.read(waiting[index].fd, chunk.baseAddress, chunk.count)
                guard count == 0 else { continue }
                waiting[index].fd = -1
                close(index == 0 ? .output : .errors)
            }
        }
    }

    private mutating func read(
        _ stream: SandboxExecution.Stream,
        _ consume: (SandboxExecution.Stream, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        let descriptor = stream == .output ? output : errors
        let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
        guard count > 0 else {
            if count == 0 || (errno != EAGAIN && errno != EINTR) { close(stream) }
            return true
        }
        let taken = min(count, bytesMax - bytes)
        bytes += taken
        if taken > 0 { consume(stream, UnsafeRawBufferPointer(rebasing: chunk[..<taken])) }
        isTruncated = taken < count
        return !isTruncated
    }

    private mutating func close(_ stream: SandboxExecution.Stream) {
        switch stream {
        case .output: output = -1
        case .errors: errors = -1
        }
    }
}
