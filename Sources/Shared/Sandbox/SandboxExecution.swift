internal import CSandbox
internal import Glibc
internal import IO
internal import Synchronization

/// A command that runs, or has ended.
///
/// Either `wait` is called, once, by a thread that may block; or the owner polls `output`, `errors`
/// and `channel` itself, reads the first two to their end, and then calls `wait`. A command without
/// an owner is ended.
public final class SandboxExecution: Sendable {
    public enum Stream: Equatable, Sendable {
        case output
        case errors
    }

    /// What the command writes, to be read without blocking; what is there once `channel` is readable
    /// is all.
    public let output: CInt
    public let errors: CInt
    /// Readable when the command has ended.
    public let channel: CInt
    private let outputBytesMax: Int
    private let isWrapped: Bool
    private let isKilled = Atomic<Bool>(false)
    private let sandbox: Sandbox

    init(_ request: RunRequest, in sandbox: Sandbox) throws(SandboxError) {
        let channel = try SocketPair()
        let output = try Pipe()
        let errors = try Pipe()
        var attachments: [CInt] = []
        defer { for attachment in attachments { close(attachment) } }
        attachments.append(try Self.input(holding: request.input))
        for attachment in request.attachments {
            attachments.append(try Pipe.holding(attachment))
        }
        try sandbox.send(
            request,
            with: [
                channel.theirs.raw, attachments[0], output.writing.raw, errors.writing.raw,
            ] + attachments.dropFirst())
        self.sandbox = sandbox
        outputBytesMax = request.outputBytesMax
        isWrapped = sandbox.backend == .container
        self.channel = channel.keepOurs()
        self.output = output.keepReading()
        self.errors = errors.keepReading()
        for descriptor in [self.output, self.errors] {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }
    }

    /// The end of the channel ends the command.
    deinit { for descriptor in [channel, output, errors] { close(descriptor) } }

    /// Ends every process of the command.
    public func kill() {
        isKilled.store(true, ordering: .relaxed)
        signal(SIGKILL)
    }

    /// Sends `number` to every process of the command. After its end it does nothing.
    public func signal(_ number: CInt) {
        let request = csandbox_signal(kind: CSANDBOX_SIGNAL.rawValue, number: number)
        withUnsafeBytes(of: request) {
            _ = csandbox_send(channel, $0.baseAddress, $0.count, nil, 0)
        }
    }

    /// A file in memory: nobody has to feed it while the command runs.
    private static func input(holding bytes: [UInt8]) throws(SandboxError) -> CInt {
        let file =
            bytes.isEmpty
            ? open("/dev/null", O_RDONLY | O_CLOEXEC) : csandbox_memory_file("input")
        guard file >= 0 else { throw .system(.last) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { rest in
                pwrite(
                    file, rest.baseAddress.map { $0 + written }, rest.count - written,
                    off_t(written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = SystemError.last
                close(file)
                throw .system(error)
            }
            written += count
        }
        return file
    }

    /// Waits for the end, handing on what comes.
    public func wait(
        output consume: (Stream, UnsafeRawBufferPointer) -> Void
    ) throws(SandboxError) -> SandboxOutcome {
        var relay = OutputRelay(
            output: output, errors: errors, channel: channel, bytesMax: outputBytesMax)
        while relay.isOpen {
            guard relay.pass(consume) else {
                isKilled.store(true, ordering: .relaxed)
                signal(SIGKILL)
                relay.discard()
                break
            }
        }
        return try outcome(outputBytes: relay.bytes, isTruncated: relay.isTruncated)
    }

    private func outcome(
        outputBytes: Int, isTruncated: Bool
    ) throws(SandboxError) -> SandboxOutcome {
        var exit = csandbox_exit()
        let count = withUnsafeMutableBytes(of: &exit) { bytes in
            var count: Int
            repeat {
                count = recv(channel, bytes.baseAddress, bytes.count, 0)
            } while count < 0 && errno == EINTR
            return count
        }
        let wasKilled = isKilled.load(ordering: .relaxed)
        // A cell that says nothing was ended with the sandbox, or by the kernel for want of memory.
        guard count == MemoryLayout<csandbox_exit>.size else {
            return SandboxOutcome(
                end: isTruncated ? .outputLimit : .killed, usage: SandboxUsage(),
                outputBytes: outputBytes, isTruncated: isTruncated)
        }
        guard exit.error == 0 else {
            throw .notStarted(CommandStage.name(exit.stage), SystemError(exit.error))
        }
        return SandboxOutcome(
            end: end(of: exit, isTruncated: isTruncated, wasKilled: wasKilled),
            usage: SandboxUsage(exit), outputBytes: outputBytes, isTruncated: isTruncated)
    }

    private func end(
        of exit: csandbox_exit, isTruncated: Bool, wasKilled: Bool
    ) -> SandboxOutcome.End {
        if exit.timed_out != 0 { return .timedOut }
        if isTruncated { return .outputLimit }
        let signal = exit.status & 0x7f
        if signal != 0 { return wasKilled ? .killed : .signalled(signal) }
        let code = (exit.status >> 8) & 0xff
        // bubblewrap tells a signal as a shell does.
        return isWrapped && code > 128 && code < 192 ? .signalled(code - 128) : .exited(code: code)
    }

    /// The descriptor that a request to open a file is answered with.
    func opened() throws(SandboxError) -> Descriptor {
        var kind: UInt32 = 0
        var descriptors = [CInt](repeating: -1, count: Int(CSANDBOX_DESCRIPTORS_MAX))
        var descriptorCount: CInt = 0
        var waiting = pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
        while poll(&waiting, 1, -1) < 0, errno == EINTR { continue }
        var message = [UInt8](repeating: 0, count: MemoryLayout<csandbox_exit>.size)
        let count = csandbox_receive(
            channel, &message, message.count, &descriptors, &descriptorCount)
        if count == 4 { kind = message.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) } }
        if kind == CSANDBOX_OPENED.rawValue, descriptorCount == 1 {
            return try Descriptor.adopted(descriptors[0])
        }
        guard count == message.count else { throw .ended }
        let exit = message.withUnsafeBytes { $0.loadUnaligned(as: csandbox_exit.self) }
        throw .notStarted(CommandStage.name(exit.stage), SystemError(exit.error))
    }
}
