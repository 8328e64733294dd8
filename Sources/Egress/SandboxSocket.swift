internal import Config
internal import IO

/// Which sandboxes connect to one Unix socket.
struct SandboxSocket: Sendable {
    /// Of the socket itself, whoever connects.
    private let owner: [UInt8]?
    private let users: [UInt32: [UInt8]]

    init(_ configuration: SandboxSocketConfiguration) {
        owner = configuration.sandbox.map { Array($0.utf8) }
        users = configuration.users.mapValues { Array($0.utf8) }
    }

    /// The sandbox's id, which lives as long as this; nil for a user that is none.
    func sandbox(of peer: UnixPeer) -> UnsafeRawBufferPointer? {
        (owner ?? users[peer.user])?.withUnsafeBytes { $0 }
    }
}
