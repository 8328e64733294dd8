internal import Agentd
internal import Config
internal import Gateway
internal import IO
internal import Proxy
internal import Telemetry
internal import Transport

/// The running program: makes the roles, gives each worker its part of them, and acts on signals.
struct Service {
    let roles: RoleSet
    let configFiles: [String]

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
        let workerCount = configuration.gateway?.workers ?? ProcessLimits.coreCount
        var gateway: Gateway?
        if roles.contains(.gateway) {
            guard let section = configuration.gateway else { throw missing("gateway") }
            gateway = try Gateway(
                section, version: Sluice.version, workers: workerCount, log: log)
        }
        var agentd: Agentd?
        if roles.contains(.agentd) {
            guard let section = configuration.agentd else { throw missing("agentd") }
            agentd = try Agentd(section, version: Sluice.version, workers: workerCount)
        }
        var workers: [Worker] = []
        for index in 0..<workerCount {
            let worker = try Worker(fieldsMax: configuration.gateway?.limits.headers ?? 100)
            try gateway?.install(on: worker, index: index)
            try agentd?.install(on: worker, index: index)
            workers.append(worker)
        }
        let server = try Server(running: workers)
        log.info(
            "serving",
            [
                "version": .text(Sluice.version),
                "gateway": .text(gateway?.address ?? "-"),
                "admin": .text(gateway?.adminAddress ?? "-"),
                "agentd": .text(agentd?.address ?? "-"),
                "workers": .number(Int64(workerCount)),
            ])
        return wait(signals, server, gateway, log)
    }

    private func missing(_ role: String) -> RoleError {
        RoleError(
            "--role \(role): no \(role) section in \(configFiles.joined(separator: ", "))")
    }

    private func wait(
        _ signals: SignalWaiter, _ server: Server, _ gateway: Gateway?, _ log: Log
    ) -> Int32 {
        while true {
            switch signals.next(milliseconds: 1000) {
            case .hangUp: gateway?.reload()
            case .user1: gateway?.reopenLogs()
            case .terminate, .interrupt:
                let code = drain(signals, server, gateway, log)
                server.join()
                gateway?.finish()
                log.info("ended", ["code": .number(Int64(code))])
                return code
            case nil: continue
            }
        }
    }

    /// Lets what is under way end, until a second signal or the deadline.
    private func drain(
        _ signals: SignalWaiter, _ server: Server, _ gateway: Gateway?, _ log: Log
    ) -> Int32 {
        log.info("draining", ["seconds_max": .number(Int64(Self.drainSeconds))])
        gateway?.drain()
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
