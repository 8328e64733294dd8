internal import COpenSSL

/// The memory between a worker's sockets and its TLS sessions. A session reads the bytes of `input`
/// and writes to `output`; who owns the sockets moves them. One serves all sessions of a thread, as
/// only one of them works at a time: a read of the socket brings many records, and many leave with
/// one write.
public final class TLSWire {
    private struct Window {
        var input = UnsafeRawBufferPointer(start: nil, count: 0)
        let output: UnsafeMutableRawBufferPointer
        var outputCount = 0
    }

    private let window: UnsafeMutablePointer<Window>
    let bio: OpaquePointer

    /// The most plaintext that may be sealed before `output` is taken.
    public static let sealedBytesMax = 256 << 10
    /// What records add: 16 of them with up to 512 bytes each, and room for alerts.
    private static let overheadBytes = 16 << 10

    public init() throws(TLSError) {
        guard let method = Self.method, let bio = BIO_new(method) else {
            throw .last("TLS")
        }
        let output = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.sealedBytesMax + Self.overheadBytes, alignment: 64)
        window = .allocate(capacity: 1)
        window.initialize(to: Window(output: output))
        self.bio = bio
        BIO_set_data(bio, window)
        BIO_set_init(bio, 1)
    }

    deinit {
        BIO_set_data(bio, nil)
        BIO_free(bio)
        window.pointee.output.deallocate()
        window.deallocate()
    }

    /// What came from the peer and no session has read yet.
    public var input: UnsafeRawBufferPointer {
        get { window.pointee.input }
        set { window.pointee.input = newValue }
    }

    /// What sessions have written since `clearOutput`.
    public var output: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            rebasing: UnsafeRawBufferPointer(window.pointee.output)[..<window.pointee.outputCount])
    }

    public func clearOutput() { window.pointee.outputCount = 0 }

    // MARK: OpenSSL's side

    private static let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY

    // Made once and never freed or changed, so threads may share it.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire") else {
            return nil
        }
        BIO_meth_set_read_ex(method) { bio, target, count, used in
            guard let bio, let target, let used else { return 0 }
            return TLSWire.read(bio, target, count, used)
        }
        BIO_meth_set_write_ex(method) { bio, source, count, used in
            guard let bio, let source, let used else { return 0 }
            return TLSWire.write(bio, source, count, used)
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()

    private static func window(of bio: OpaquePointer) -> UnsafeMutablePointer<Window>? {
        BIO_get_data(bio)?.assumingMemoryBound(to: Window.self)
    }

    private static func read(
        _ bio: OpaquePointer, _ target: UnsafeMutablePointer<CChar>, _ count: Int,
        _ used: UnsafeMutablePointer<Int>
    ) -> CInt {
        BIO_clear_flags(bio, retryFlags)
        guard let window = window(of: bio), let source = window.pointee.input.baseAddress,
            !window.pointee.input.isEmpty
        else {
            BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return 0
        }
        let taken = min(count, window.pointee.input.count)
        UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: taken)
        window.pointee.input = UnsafeRawBufferPointer(
            rebasing: window.pointee.input[taken...])
        used.pointee = taken
        return 1
    }

    private static func write(
        _ bio: OpaquePointer, _ source: UnsafePointer<CChar>, _ count: Int,
        _ used: UnsafeMutablePointer<Int>
    ) -> CInt {
        BIO_clear_flags(bio, retryFlags)
        guard let window = window(of: bio), let base = window.pointee.output.baseAddress else {
            return 0
        }
        let taken = min(count, window.pointee.output.count &- window.pointee.outputCount)
        guard taken > 0 else {
            BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
            return 0
        }
        (base + window.pointee.outputCount).copyMemory(
            from: UnsafeRawPointer(source), byteCount: taken)
        window.pointee.outputCount &+= taken
        used.pointee = taken
        return 1
    }
}
