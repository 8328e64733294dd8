internal import CLinux
internal import Glibc

/// Unix sockets (unix(7)).
extension Socket {
    /// A listening socket at `path`. A socket that nobody listens on any more is replaced; what
    /// else is there stays.
    ///
    /// - Parameter mode: who may connect: write permission is what counts.
    public static func listen(
        atPath path: String, mode: UInt32, backlog: CInt = 1024
    ) throws(SystemError) -> Descriptor {
        var address = try unixAddress(path)
        let socket = try Descriptor(adopting: Glibc.socket(AF_UNIX, CLINUX_STREAM_TYPE, 0))
        let raw = socket.raw
        if !bind(raw, &address) {
            let reason = SystemError.last
            guard reason.code == EADDRINUSE, isAbandoned(&address) else { throw reason }
            guard unlink(path) == 0, bind(raw, &address) else { throw .last }
        }
        guard chmod(path, mode) == 0, Glibc.listen(raw, backlog) == 0 else { throw .last }
        return socket
    }

    /// A connection to the socket at `path`, which is there at once or not at all.
    public static func connect(toPath path: String) throws(SystemError) -> Descriptor {
        var address = try unixAddress(path)
        let socket = try Descriptor(adopting: Glibc.socket(AF_UNIX, CLINUX_STREAM_TYPE, 0))
        guard connect(socket.raw, &address) == 0 else { throw .last }
        return socket
    }

    /// A listening socket under an abstract name of the kernel's choice, which goes with the socket
    /// (unix(7), autobind). Every process in this network namespace can connect: see who does.
    public static func listenAbstractly(
        backlog: CInt = 128
    ) throws(SystemError) -> (socket: CInt, name: String) {
        let socket = try Descriptor(adopting: Glibc.socket(AF_UNIX, CLINUX_STREAM_TYPE, 0))
        let raw = socket.raw
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var length = socklen_t(MemoryLayout<sa_family_t>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard Glibc.bind(raw, address, length) == 0 else { return false }
                length = socklen_t(MemoryLayout<sockaddr_un>.size)
                return getsockname(raw, address, &length) == 0
            }
        }
        guard isBound, Glibc.listen(raw, backlog) == 0 else { throw .last }
        // The family, a zero, and the name.
        let nameStart = MemoryLayout<sa_family_t>.size + 1
        let name = withUnsafeBytes(of: address) { bytes in
            String(decoding: bytes[nameStart..<max(nameStart, Int(length))], as: UTF8.self)
        }
        return (socket.release(), name)
    }

    /// Who connected; nil for a socket that is none of these.
    public static func unixPeer(of socket: CInt, by number: UInt32) -> UnixPeer? {
        var credentials = clinux_ucred()
        guard clinux_peer_credentials(socket, &credentials) == 0 else { return nil }
        return UnixPeer(user: credentials.uid, process: credentials.pid, socket: number)
    }

    /// Another number for the same socket, closed on exec; negative when there is none to spare.
    public static func duplicate(_ socket: CInt) -> CInt { fcntl(socket, F_DUPFD_CLOEXEC, 0) }

    /// Removes the file of a socket that is not listened on any more.
    public static func remove(path: String) { _ = unlink(path) }

    private static func bind(_ socket: CInt, _ address: inout sockaddr_un) -> Bool {
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        } == 0
    }

    private static func connect(_ socket: CInt, _ address: inout sockaddr_un) -> CInt {
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Whether nobody answers there, though there is a socket.
    private static func isAbandoned(_ address: inout sockaddr_un) -> Bool {
        let raw = Glibc.socket(AF_UNIX, CLINUX_STREAM_TYPE, 0)
        guard raw >= 0 else { return false }
        defer { close(raw) }
        return connect(raw, &address) != 0 && errno == ECONNREFUSED
    }

    private static func unixAddress(_ path: String) throws(SystemError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard !bytes.isEmpty, bytes.count < place.count else { return false }
            place.copyBytes(from: bytes)
            return true
        }
        guard fits else { throw SystemError(ENAMETOOLONG) }
        return address
    }
}
