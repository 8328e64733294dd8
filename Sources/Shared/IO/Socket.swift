internal import CLinux
internal import Glibc

/// The socket calls, on non-blocking close-on-exec sockets. They say what the kernel said; who calls
/// them decides.
public enum Socket {
    /// What a read or a write of a non-blocking socket came to.
    public enum Transfer {
        case bytes(Int)
        case wouldBlock
        case failed(SystemError)
    }

    /// A listening socket. Several workers listen on one address each with their own socket
    /// (`SO_REUSEPORT`); accepted sockets inherit `TCP_NODELAY`.
    public static func listen(
        on address: SocketAddress, backlog: CInt = 1024
    ) throws(SystemError) -> Descriptor {
        let socket = try stream(address.family)
        try set(socket.raw, SOL_SOCKET, SO_REUSEADDR, 1)
        try set(socket.raw, SOL_SOCKET, SO_REUSEPORT, 1)
        try set(socket.raw, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        let raw = socket.raw
        guard address.withSockaddr({ Glibc.bind(raw, $0, $1) }) == 0 else { throw .last }
        guard Glibc.listen(raw, backlog) == 0 else { throw .last }
        return socket
    }

    /// The address a socket is bound to: tells the port that the kernel chose for port 0.
    public static func localAddress(_ socket: CInt) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket, $0, &length)
            }
        }
        return result == 0 ? SocketAddress(storage) : nil
    }

    /// The next connection, or nil when none is waiting.
    public static func accept(
        _ listener: CInt
    ) throws(SystemError) -> (socket: CInt, peer: SocketAddress)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let raw = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                clinux_accept4(listener, $0, &length, CLINUX_STREAM_FLAGS)
            }
        }
        guard raw >= 0 else {
            switch errno {
            case EAGAIN, ECONNABORTED, EINTR: return nil
            default: throw .last
            }
        }
        return (raw, SocketAddress(storage) ?? SocketAddress(ipv4: 0, port: 0))
    }

    /// A socket whose connection to `address` is under way; it is writable once it is decided.
    public static func connect(to address: SocketAddress) throws(SystemError) -> Descriptor {
        let socket = try stream(address.family)
        try set(socket.raw, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        let raw = socket.raw
        guard address.withSockaddr({ Glibc.connect(raw, $0, $1) }) == 0 || errno == EINPROGRESS
        else { throw .last }
        return socket
    }

    /// How a connection attempt ended, or what broke an established connection; nil when nothing did.
    public static func pendingError(_ socket: CInt) -> SystemError? {
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else { return .last }
        return code == 0 ? nil : SystemError(code)
    }

    /// Reads what is there, at most `capacity` bytes. `.bytes(0)` is the peer's end of stream.
    public static func receive(
        _ socket: CInt, into buffer: UnsafeMutableRawPointer, capacity: Int
    ) -> Transfer {
        outcome { clinux_receive(socket, buffer, capacity) }
    }

    /// Writes what the socket takes now.
    public static func send(
        _ socket: CInt, _ bytes: UnsafeRawPointer, count: Int
    ) -> Transfer {
        outcome { clinux_send(socket, bytes, count) }
    }

    /// Writes two pieces with one call.
    public static func send(
        _ socket: CInt, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer
    ) -> Transfer {
        outcome {
            clinux_send2(
                socket, first.baseAddress, first.count, second.baseAddress, second.count)
        }
    }

    /// Tells the peer that no more bytes follow (RFC 9112 §9.6); reading goes on.
    public static func finishWriting(_ socket: CInt) { shutdown(socket, CInt(SHUT_WR)) }

    /// For owners that keep descriptors as plain numbers.
    public static func close(_ socket: CInt) { _ = Glibc.close(socket) }

    /// Makes the coming `close` reset the connection, so that a cut answer cannot pass for a whole one.
    public static func resetOnClose(_ socket: CInt) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private static func stream(_ family: CInt) throws(SystemError) -> Descriptor {
        try Descriptor(adopting: socket(family, CLINUX_STREAM_TYPE, 0))
    }

    private static func set(
        _ socket: CInt, _ level: CInt, _ name: CInt, _ value: CInt
    ) throws(SystemError) {
        var value = value
        let size = socklen_t(MemoryLayout<CInt>.size)
        guard setsockopt(socket, level, name, &value, size) == 0 else { throw .last }
    }

    private static func outcome(_ call: () -> Int) -> Transfer {
        while true {
            let count = call()
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EAGAIN: return .wouldBlock
            case EINTR: continue
            default: return .failed(.last)
            }
        }
    }
}
