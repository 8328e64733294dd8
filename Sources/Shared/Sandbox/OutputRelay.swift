internal import Glibc

/// Passes a command's streams on until its end or a limit. Its end is told by the channel alone, once
/// nobody writes any more: the streams' own ends would wake whoever waits once more.
struct OutputRelay: ~Copyable {
    private static let chunkBytes = 64 << 10

    private enum Reading { case more, nothing, tooMuch }

    private var output: CInt
    private var errors: CInt
    private let channel: CInt
    private let bytesMax: Int
    private(set) var bytes = 0
    private(set) var isTruncated = false
    /// Somebody may still write.
    private(set) var isOpen = true
    private let chunk = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Self.chunkBytes, alignment: 16)

    /// - Parameter channel: readable when nobody writes any more.
    init(output: CInt, errors: CInt, channel: CInt, bytesMax: Int) {
        self.output = output
        self.errors = errors
        self.channel = channel
        self.bytesMax = bytesMax
    }

    deinit { chunk.deallocate() }

    /// Waits, and passes what there is. False when the limit is reached.
    mutating func pass(
        _ consume: (SandboxExecution.Stream, UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        let ready = wait()
        if ready.output, read(.output, consume) == .tooMuch { return false }
        if ready.errors, read(.errors, consume) == .tooMuch { return false }
        guard ready.channel else { return true }
        isOpen = false
        for stream in [SandboxExecution.Stream.output, .errors] {
            while true {
                let reading = read(stream, consume)
                if reading == .tooMuch { return false }
                if reading == .nothing { break }
            }
        }
        return true
    }

    /// Reads what comes until the end, without keeping it, so that nobody waits to be read.
    mutating func discard() {
        while isOpen {
            let ready = wait()
            if ready.output { _ = readChunk(.output) }
            if ready.errors { _ = readChunk(.errors) }
            if ready.channel { isOpen = false }
        }
    }

    private func wait() -> (output: Bool, errors: Bool, channel: Bool) {
        var waiting = (
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
            pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
        )
        let count = withUnsafeMutableBytes(of: &waiting) {
            poll($0.assumingMemoryBound(to: pollfd.self).baseAddress, 3, -1)
        }
        guard count > 0 else { return (false, false, false) }
        return (waiting.0.revents != 0, waiting.1.revents != 0, waiting.2.revents != 0)
    }

    private mutating func read(
        _ stream: SandboxExecution.Stream,
        _ consume: (SandboxExecution.Stream, UnsafeRawBufferPointer) -> Void
    ) -> Reading {
        let count = readChunk(stream)
        guard count > 0 else { return .nothing }
        let taken = min(count, bytesMax - bytes)
        bytes += taken
        if taken > 0 { consume(stream, UnsafeRawBufferPointer(rebasing: chunk[..<taken])) }
        isTruncated = taken < count
        return isTruncated ? .tooMuch : .more
    }

    private mutating func readChunk(_ stream: SandboxExecution.Stream) -> Int {
        let descriptor = stream == .output ? output : errors
        guard descriptor >= 0 else { return 0 }
        let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
        guard count <= 0 else { return count }
        if count == 0 || (errno != EAGAIN && errno != EINTR) {
            switch stream {
            case .output: output = -1
            case .errors: errors = -1
            }
        }
        return 0
    }
}
