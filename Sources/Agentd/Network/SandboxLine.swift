/// A sandbox's way out, as long as it is open.
final class SandboxLine: Sendable {
    /// The abstract Unix socket where the daemon itself asks as the sandbox.
    let socketName: String
    private let id: String
    private let mailbox: RelayMailbox

    /// - Parameter mailbox: of the worker that relays for the sandbox.
    init(_ id: String, socketName: String, _ mailbox: RelayMailbox) {
        self.id = id
        self.socketName = socketName
        self.mailbox = mailbox
    }

    /// Nobody new gets out, and who is out is cut off.
    func close() { mailbox.post(.close(id)) }
}
