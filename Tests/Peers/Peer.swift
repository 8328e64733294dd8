public import Glibc
internal import IO

/// One end of a connection, driven by hand. Every wait has a deadline: nothing here sleeps.
public final class Peer {
    public enum Failure: Error {
        case timeout(waitingFor: String)
        case ended(after: String)
        case broken
    }

    /// What a read came to.
    public enum Input: Equatable {
        case bytes([UInt8])
        case end
        case reset
    }

    /// How long a peer waits for the other side on a busy machine.
    public static let patienceMilliseconds: CInt = 20_000

    /// For `wait`: there is room to write.
    public static let canWrite = CInt(POLLOUT)

    private let socket: CInt
    private var isOpen = true
    /// Read, but not yet asked for.
    public var received: [UInt8] = []

    public init(adopting socket: CInt) { self.socket = socket }

    deinit { close() }

    /// A client's connection to this machine.
    public convenience init(port: UInt16) throws {
        let address = SocketAddress(ipv4: 0x7F00_0001, port: port)
        self.init(adopting: try Socket.connect(to: address).release())
        guard wait(for: POLLOUT), Socket.pendingError(socket) == nil else { throw Failure.broken }
    }

    // MARK: writing

    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = sendSome(rest)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0 {
                throw Failure.broken
            } else if !wait(for: POLLOUT) {
                throw Failure.timeout(waitingFor: "room for \(rest.count) bytes")
            }
        }
    }

    /// Writes what the socket takes now; -1 when the connection is broken.
    public func sendSome(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            switch Socket.send(socket, base, count: bytes.count) {
            case .bytes(let count): return count
            case .wouldBlock: return 0
            case .failed: return -1
            }
        }
    }

    /// Ends this side's stream; reading goes on.
    public func finishWriting() { Socket.finishWriting(socket) }

    public func close() {
        guard isOpen else { return }
        isOpen = false
        Socket.close(socket)
    }

    /// Closes so that the other side sees a reset.
    public func reset() {
        Socket.resetOnClose(socket)
        close()
    }

    // MARK: reading

    /// The next bytes of the socket.
    public func read() throws -> Input {
        guard let input = try readIfThere(milliseconds: Self.patienceMilliseconds) else {
            throw Failure.timeout(waitingFor: "bytes after \(received.count) unread ones")
        }
        return input
    }

    /// The next bytes of the socket, or nil when none come in that time.
    public func readIfThere(milliseconds: CInt) throws -> Input? {
        guard wait(for: POLLIN, milliseconds: milliseconds) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        let result = buffer.withUnsafeMutableBytes { bytes -> Socket.Transfer in
            guard let base = bytes.baseAddress else { return .wouldBlock }
            return Socket.receive(socket, into: base, capacity: bytes.count)
        }
        switch result {
        case .bytes(0): return .end
        case .bytes(let count): return .bytes(Array(buffer[..<count]))
        case .wouldBlock: return nil
        case .failed: return .reset
        }
    }

    /// Reads until `received` has what `isEnough` wants.
    public func fill(until isEnough: ([UInt8]) -> Bool) throws {
        while !isEnough(received) {
            switch try read() {
            case .bytes(let bytes): received += bytes
            case .end, .reset: throw Failure.ended(after: String(decoding: received, as: UTF8.self))
            }
        }
    }

    /// Whether nothing but the end follows; a reset counts as one.
    public func isAtEnd() throws -> Bool {
        guard received.isEmpty else { return false }
        switch try read() {
        case .bytes(let bytes):
            received += bytes
            return false
        case .end, .reset: return true
        }
    }

    /// For a `poll` of several peers.
    public var readable: pollfd { pollfd(fd: socket, events: Int16(POLLIN), revents: 0) }

    /// Waits until the socket is ready; false when the time is over.
    public func wait(for events: CInt, milliseconds: CInt = patienceMilliseconds) -> Bool {
        var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }
}
