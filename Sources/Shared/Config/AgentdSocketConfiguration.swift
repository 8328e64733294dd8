/// Who may connect to agentd's Unix sockets.
public struct AgentdSocketConfiguration: Sendable, Equatable {
    /// Of the sockets' files: who may write to one may connect.
    public var mode: UInt32
    /// The users who may connect, as the kernel tells them; nil: whoever the files let.
    public var users: [UInt32]?

    init(_ section: Section) {
        mode = section.read("mode", .mode, default: 0o660)
        users = section.list("users", .user)
        if users?.isEmpty ?? false {
            section.fault(
                section.markOf("users"),
                "\(section.name("users")) lets nobody in; accepted: numbers of users")
        }
        section.finish()
    }
}

extension Kind where Value == UInt32 {
    fileprivate static var mode: Kind {
        Kind(accepted: "a mode of files in octal such as \"0660\"") { text in
            UInt32(text, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil }
        }
    }

    fileprivate static var user: Kind {
        Kind(accepted: "the number of a user") { UInt32($0) }
    }
}
