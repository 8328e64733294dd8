internal import Audit
internal import GRPC
internal import IO
internal import Protos
internal import Sandbox
internal import State
internal import Telemetry

/// States of sandboxes, and those that outlive the daemon.
extension SandboxTable {
    // MARK: what there is

    /// The caller's own that live, will live again, or have ended not long ago.
    func statuses(of owner: String) -> [SandboxStatus] {
        let living = all(of: owner).map(\.status)
        let (dormant, ended) = lives.withLock { lives in
            (lives.dormant.values.filter { $0.owner == owner }, lives.ended)
        }
        return ended.filter { $0.owner == owner }
            + (living + dormant.map { $0.status(backend: backend.rawValue) })
            .sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }

    func status(_ id: String, owner: String) throws(Status) -> SandboxStatus {
        guard let status = statuses(of: owner).last(where: { $0.id == id }) else {
            throw .noSandbox(id)
        }
        return status
    }

    // MARK: changes that clients ask for

    /// Makes a sandbox of an earlier daemon again, if `id` is one.
    func wake(_ id: String, owner: String) throws(Status) {
        guard isDormant(id, owner) else { return }
        try waking.withLock { _ throws(Status) in
            let found = lives.withLock { $0.dormant[id] }
            guard let found, found.owner == owner else { return }
            try restore(found)
            lives.withLock { $0.dormant[id] = nil }
        }
    }

    func isDormant(_ id: String, _ owner: String) -> Bool {
        lives.withLock { $0.dormant[id]?.owner == owner }
    }

    /// Nil when there is no such.
    func dormantLabels(of id: String, _ owner: String) -> [String: String]? {
        lives.withLock { lives in
            lives.dormant[id].flatMap { $0.owner == owner ? $0.request.labels : nil }
        }
    }

    /// Ends one that was not made again. False when there is none.
    func dropDormant(_ id: String, owner: String) throws(Status) -> Bool {
        guard isDormant(id, owner) else { return false }
        let found = lives.withLock { $0.dormant.removeValue(forKey: id) }
        guard let found else { return false }
        try kept { keep throws(StateFault) in try keep.remove(id) }
        remember(found.status(backend: backend.rawValue), because: .terminated)
        return true
    }

    func detach(_ id: String, owner: String) throws(Status) -> SandboxStatus {
        if let entry = find(id, owner: owner) {
            try entry.refuseSuspended()
            try change(entry, to: .detached)
        } else if !isDormant(id, owner) {
            throw .noSandbox(id)
        }
        return try status(id, owner: owner)
    }

    func suspend(_ id: String, owner: String) throws(Status) -> SandboxStatus {
        if let entry = find(id, owner: owner) {
            do throws(SandboxError) { try entry.sandbox.suspend() } catch { throw Status(error) }
            try change(entry, to: .suspended)
        } else {
            let now = Clock.wallNanoseconds
            let isThere = lives.withLock { lives in
                guard lives.dormant[id]?.owner == owner else { return false }
                lives.dormant[id]?.lifecycle.move(to: .suspended, now: now)
                return true
            }
            guard isThere else { throw .noSandbox(id) }
            try kept { keep throws(StateFault) in try keep.move(id, to: .suspended, now: now) }
        }
        return try status(id, owner: owner)
    }

    func resume(_ id: String, owner: String) throws(Status) -> SandboxStatus {
        try wake(id, owner: owner)
        guard let entry = find(id, owner: owner) else { throw .noSandbox(id) }
        do throws(SandboxError) { try entry.sandbox.resume() } catch { throw Status(error) }
        try change(entry, to: .active)
        return try status(id, owner: owner)
    }

    private func change(
        _ entry: SandboxEntry, to life: SandboxLifecycle.Life
    ) throws(Status) {
        let now = Clock.wallNanoseconds
        entry.move(to: life, now: now)
        guard entry.isPersistent else { return }
        try kept { keep throws(StateFault) in try keep.move(entry.id, to: life, now: now) }
    }

    // MARK: changes that are due

    /// Does what is due. Returns when something will be.
    func advance(now: UInt64) -> UInt64? {
        for entry in everything { advance(entry, now) }
        let expired = lives.withLock { lives -> [DormantSandbox] in
            lives.ended.removeAll { $0.lastActive &+ Self.rememberedNanoseconds < now }
            let expired = lives.dormant.values.filter { Self.hasEnded($0.lifecycle, now) }
            for sandbox in expired { lives.dormant[sandbox.id] = nil }
            return expired
        }
        for sandbox in expired {
            forget(sandbox.id)
            tell(.expired, sandbox.id, sandbox.owner)
            remember(sandbox.status(backend: backend.rawValue), because: .expired)
        }
        return everything.compactMap { $0.lifecycle.deadline }.min()
    }

    /// A dormant one has no processes to suspend: it ends when it would have ended.
    private static func hasEnded(_ lifecycle: SandboxLifecycle, _ now: UInt64) -> Bool {
        lifecycle.end(from: now) <= now
    }

    private func advance(_ entry: SandboxEntry, _ now: UInt64) {
        guard entry.sandbox.isAlive else { return end(entry, because: .ended) }
        watch(entry)
        switch entry.lifecycle.next(now: now) {
        case .detached:
            entry.move(to: .detached, now: now)
            note(entry, .detached, now)
        case .suspended:
            do throws(SandboxError) {
                try entry.sandbox.suspend()
                entry.move(to: .suspended, now: now)
                note(entry, .suspended, now)
            } catch {
                // A backend that cannot suspend would keep it for nobody.
                end(entry, because: .expired)
            }
        case .terminated: end(entry, because: .expired)
        case .active, nil: return
        }
    }

    private func note(
        _ entry: SandboxEntry, _ event: AuditRecord.Event, _ now: UInt64
    ) {
        tell(event, entry.id, entry.owner)
        guard entry.isPersistent, let keep else { return }
        do throws(StateFault) {
            try keep.move(entry.id, to: entry.lifecycle.life, now: now)
        } catch {
            log.error("a sandbox's state is not kept", ["reason": .text(error.description)])
        }
    }

    /// A kept work folder is on the host's disk, where nothing but this look limits all its files
    /// together: commands that have filled it are ended. Those that make it no fuller than it was
    /// then are not, as they may be about to make room.
    private func watch(_ entry: SandboxEntry) {
        guard let folder = entry.keptFolder, entry.isBusy else { return }
        let bytesMax = entry.sandbox.specification.limits.temporaryBytesMax
        // What cannot be counted is too much, however much it was before.
        if let bytes = KeptFolder.bytes(in: folder), !entry.isFilled(with: bytes, of: bytesMax) {
            return
        }
        log.warning("a sandbox has filled its work folder", ["sandbox": .text(entry.id)])
        do throws(SandboxError) {
            try entry.sandbox.killAll()
        } catch {
            end(entry, because: .ended)
        }
    }
}

extension SandboxEntry {
    func refuseSuspended() throws(Status) {
        guard lifecycle.life != .suspended else {
            throw Status(.failedPrecondition, "the sandbox '\(id)' is suspended; resume it first")
        }
    }
}
