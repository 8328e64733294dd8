internal import IO
internal import Protos
internal import Proxy
internal import Sandbox
internal import State
internal import SwiftProtobuf

/// Sandboxes as they outlive the daemon: what they are made of, in the database, and what is in
/// their work folders.
final class SandboxKeep: Sendable {
    let store: StateStore
    private let folder: String

    /// - Parameter folder: of the role's state, made if it is not there.
    init(folder: String) throws(RoleError) {
        do throws(SandboxError) {
            self.folder = try KeptFolder.make(folder)
            _ = try KeptFolder.make(folder + "/work")
        } catch {
            throw RoleError("agentd.state: \(error.description)")
        }
        do throws(StateFault) {
            store = try StateStore(folder: folder)
        } catch {
            throw RoleError("agentd.state: \(error.description)")
        }
    }

    /// The sandboxes that there were. Work folders that belong to none of them are removed.
    func load() throws(RoleError) -> [KeptSandbox] {
        let sandboxes: [KeptSandbox]
        do throws(StateFault) {
            sandboxes = try store.sandboxes()
        } catch {
            throw RoleError("agentd.state: \(error.description)")
        }
        let known = Set(sandboxes.map(\.id))
        for name in KeptFolder.names(in: folder + "/work") where !known.contains(name) {
            KeptFolder.remove(workFolder(of: name))
        }
        return sandboxes
    }

    func workFolder(of id: String) -> String { "\(folder)/work/\(id)" }

    /// Returns when a sandbox will be there after whatever happens to the daemon.
    func save(
        _ id: String, of owner: String, _ request: Agentd_V1_CreateSandboxRequest, created: UInt64
    ) throws(StateFault) {
        try store.save(
            KeptSandbox(
                id: id, owner: owner, specification: (try? request.serializedBytes()) ?? [],
                state: SandboxLifecycle.Life.active.rawValue, created: created, since: created))
    }

    func move(_ id: String, to life: SandboxLifecycle.Life, now: UInt64) throws(StateFault) {
        try store.move(id, to: life.rawValue, since: now)
    }

    /// Forgets a sandbox, and what is in its work folder.
    func remove(_ id: String) throws(StateFault) {
        try store.removeSandbox(id)
        KeptFolder.remove(workFolder(of: id))
    }
}
