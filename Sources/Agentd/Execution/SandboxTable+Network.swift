internal import GRPC
internal import IO
internal import Sandbox

/// Which sandboxes have a way to the egress.
extension SandboxTable {
    /// Whether sandboxes can have a way to the egress.
    var hasNetwork: Bool { egress != nil && backend != .container }

    /// Gives what is to become a sandbox of the API key its part of a network.
    func connect(
        _ specification: inout SandboxSpecification, _ owner: String
    ) throws(Status) {
        guard let egress else {
            throw Status(.failedPrecondition, "no egress is configured: sandboxes have no network")
        }
        switch backend {
        case .linuxNative: egress.equip(&specification, owner: owner)
        // Its network is the host's; what the daemon fetches for it goes through the egress.
        case .hostDirect: return
        case .container:
            throw Status(
                .failedPrecondition, "sandboxes of the container backend have no network")
        }
    }

    /// The way out of a sandbox that is there now.
    func network(
        of sandbox: Sandbox, _ id: String, _ owner: String
    ) throws(Status) -> (line: SandboxLine, destinations: [String])? {
        guard let egress else { return nil }
        do throws(SystemError) {
            return try egress.connect(sandbox, id: id, owner: owner).map {
                ($0, egress.services(of: owner))
            }
        } catch {
            throw Status(.internal, error.description)
        }
    }
}
