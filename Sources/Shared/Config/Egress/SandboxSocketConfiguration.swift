/// A Unix socket that sandboxes connect to.
public struct SandboxSocketConfiguration: Sendable, Equatable {
    public var path: String
    /// Whose socket it is; nil when the user tells.
    public var sandbox: String?
    /// Which user is which sandbox, by the number of the user.
    public var users: [UInt32: String]

    /// Nil, with the fault recorded, unless it says which sandboxes there are.
    init?(_ section: Section) {
        let path = section.require("path", .socketPath)
        sandbox = section.read("sandbox", .sandboxID)
        users = [:]
        for (name, id) in section.namedValues("users", .sandboxID) {
            guard let user = UInt32(name), users.updateValue(id, forKey: user) == nil else {
                section.fault(
                    section.markOf("users"),
                    "\(section.name("users")).\(name) is not accepted; accepted: the number of "
                        + "a user, once")
                continue
            }
        }
        if section.has("sandbox") == section.has("users") {
            section.fault(
                section.mark, "\(section.path) needs one of sandbox and users: who connects there?")
        }
        section.finish()
        guard let path, sandbox != nil || !users.isEmpty else { return nil }
        self.path = path
    }
}

extension Kind where Value == String {
    /// What fits into a `sockaddr_un` (unix(7)).
    fileprivate static var socketPath: Kind {
        Kind(accepted: "the path of a Unix socket, 107 bytes at most") { text in
            Endpoint.isSocketPath(text) ? text : nil
        }
    }

    fileprivate static var sandboxID: Kind { .text("a sandbox's id") }
}
