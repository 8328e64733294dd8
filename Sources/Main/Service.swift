internal import Agentd
internal import Config
internal import Egress
internal import Gateway
internal import IO
internal import Proxy
internal import Telemetry
internal import Transport

/// The running program: makes the roles, gives each worker its part of them, and acts on signals.
struct Service {
    let roles: RoleSet
    let configFiles: [String]
    let isStrict: Bool

    /// Exit codes: 0 ended as told, 1 failed, 3 stopped with requests under way.
    private enum Exit {
        static let ok: Int32 = 0
        static let failed: Int32 = 1
        static let drainDeadline: Int32 = 3
    }

    private static let drainSeconds = 30

    /// Serves until a signal ends it; returns the exit code.
    func run() -> Int32 {
        let signals = SignalWaiter()
        ProcessLimits.raiseDescriptors()
        do {
            return try serve(signals, log: Log())
        } catch let error as ConfigurationError {
            for fault in error.faults { Console.complain(fault.description) }
        } catch {
            Console.complain("sluice: \(error)")
        }
        return Exit.failed
    }

    private func serve(_ signals: SignalWaiter, log: Log) throws -> Int32 {
        let configuration = try Configuration.load(configFiles)
        // Before the first credential is read.
        if roles.contains(.egress) { try ProcessLimits.forbidDumps() }
        let sizes = Sizes(configuration, roles)
        let roles = try makeRoles(configuration, workers: sizes.workers, log)
        var workers: [Worker] = []
        for index in 0..<sizes.workers {
            let worker = try Worker(fieldsMax: sizes.fields)
            for role in roles { try role.install(on: worker, index: index) }
            workers.append(worker)
        }
        let server = try Server(running: workers)
        tell(roles, workers: sizes.workers, log)
        return wait(signals, server, roles, log)
    }

    /// What the roles share: the most that any of them asks for.
    private struct Sizes {
        var workers = 1
        var fields = 100

        init(_ configuration: Configuration, _ roles: RoleSet) {
            var fronts: [FrontConfiguration] = []
            if roles.contains(.gateway), let gateway = configuration.gateway {
                fronts.append(gateway.front)
            }
            if roles.contains(.egress), let egress = configuration.egress {
                fronts.append(egress.front)
            }
            let counts = fronts.map { $0.workers ?? ProcessLimits.coreCount }
            workers = counts.max() ?? ProcessLimits.coreCount
            fields = fronts.map(\.limits.headers).max() ?? fields
        }
    }

    private func makeRoles(
        _ configuration: Configuration, workers: Int, _ log: Log
    ) throws -> [any Role] {
        var made: [any Role] = []
        if roles.contains(.gateway) {
            guard let section = configuration.gateway else { throw missing("gateway") }
            made.append(
                try Gateway(section, version: Sluice.version, workers: workers, log: log))
        }
        if roles.contains(.egress) {
            guard let section = configuration.egress else { throw missing("egress") }
            made.append(try Egress(section, version: Sluice.version, workers: workers, log: log))
        }
        if roles.contains(.agentd) {
            guard var section = configuration.agentd else { throw missing("agentd") }
            if isStrict { section.sandboxes?.isStrict = true }
            made.append(try Agentd(section, version: Sluice.version, workers: workers, log: log))
        }
        return made
    }

    private func tell(_ roles: [any Role], workers: Int, _ log: Log) {
        for role in roles {
            for (name, address) in role.addresses {
                log.info("listening", ["as": .text(name), "address": .text(address)])
            }
        }
        log.info(
            "serving",
            ["version": .text(Sluice.version), "workers": .number(Int64(workers))])
    }

    private func missing(_ role: String) -> RoleError {
        RoleError(
            "--role \(role): no \(role) section in \(configFiles.joined(separator: ", "))")
    }

    private func wait(
        _ signals: SignalWaiter, _ server: Server, _ roles: [any Role], _ log: Log
    ) -> Int32 {
        while true {
            switch signals.next(milliseconds: 1000) {
            case .hangUp: reload(roles)
            case .user1: for role in roles { role.reopenLogs() }
            case .terminate, .interrupt:
                let code = drain(signals, server, roles, log)
                server.join()
                for role in roles { role.finish() }
                log.info("ended", ["code": .number(Int64(code))])
                return code
            case nil:
                let isReloadWanted = roles.filter { $0.takeReloadRequest() }
                if !isReloadWanted.isEmpty { reload(isReloadWanted) }
                for role in roles {
                    role.look()
                    role.tidy()
                }
            }
        }
    }

    /// Compiling takes a whole core for as long as it lasts: no request is to wait for that.
    private func reload(_ roles: [any Role]) {
        NativeThread.runGivingWay(name: "reload") { for role in roles { role.reload() } }
    }

    /// Lets what is under way end, until a second signal or the deadline.
    private func drain(
        _ signals: SignalWaiter, _ server: Server, _ roles: [any Role], _ log: Log
    ) -> Int32 {
        log.info("draining", ["seconds_max": .number(Int64(Self.drainSeconds))])
        for role in roles { role.drain() }
        server.drain()
        for _ in 0..<(Self.drainSeconds * 10) {
            if server.hasEnded { return Exit.ok }
            switch signals.next(milliseconds: 100) {
            case .terminate, .interrupt:
                server.stop()
                return Exit.drainDeadline
            case .hangUp, .user1, nil: continue
            }
        }
        server.stop()
        return Exit.drainDeadline
    }
}
