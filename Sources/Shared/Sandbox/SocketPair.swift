internal import CSandbox
internal import IO

/// Two connected sockets that keep the borders of messages.
struct SocketPair: ~Copyable {
    let ours: Descriptor
    let theirs: Descriptor

    init() throws(SandboxError) {
        var pair: [CInt] = [-1, -1]
        guard csandbox_socket_pair(&pair) == 0 else { throw .system(.last) }
        let ours = try Descriptor.adopted(pair[0])
        let theirs = try Descriptor.adopted(pair[1])
        self.ours = ours
        self.theirs = theirs
    }

    /// Our end, for an owner that closes it by itself; the other one is closed.
    consuming func keepOurs() -> CInt { ours.release() }
}

extension Descriptor {
    /// The descriptor of a call that has succeeded.
    static func adopted(_ raw: CInt) throws(SandboxError) -> Descriptor {
        do throws(SystemError) {
            return try Descriptor(adopting: raw)
        } catch {
            throw .system(error)
        }
    }
}
