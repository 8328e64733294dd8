/// Who is at the other end of a Unix socket, as the kernel tells it (`SO_PEERCRED`): who connected,
/// and by which socket. Nobody can claim to be somebody else.
public struct UnixPeer: Equatable, Sendable, BitwiseCopyable {
    public let user: UInt32
    public let process: Int32
    /// Which of a role's sockets, by the number it gave it.
    public let socket: UInt32

    public init(user: UInt32, process: Int32, socket: UInt32) {
        self.user = user
        self.process = process
        self.socket = socket
    }
}
