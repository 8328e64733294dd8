internal import Audit
internal import Bytes
internal import GRPC
internal import IO
internal import Protos
internal import Sandbox
internal import SwiftProtobuf

/// Runs capabilities in sandboxes of this machine.
final class SandboxExecutor: CapabilityExecutor {
    private let table: SandboxTable
    let policy: ExecutionPolicy
    private let queue: ExecutionQueue

    /// - Parameter runningMax: executions at a time.
    init(_ table: SandboxTable, _ policy: ExecutionPolicy, runningMax: Int) {
        self.table = table
        self.policy = policy
        queue = ExecutionQueue(runningMax: runningMax)
    }

    /// Those that the backend can run.
    var capabilities: [Agentd_V1_CapabilityInfo] {
        Capability.allCases.filter(isSupported).map(\.info)
    }

    private func isSupported(_ capability: Capability) -> Bool {
        table.backend.reachesFiles || !capability.needsFiles
    }

    var health: Agentd_V1_HealthResponse {
        var health = Agentd_V1_HealthResponse()
        health.healthy = true
        health.status = "healthy"
        health.details = [
            "sandboxes": "\(table.count)", "ready_sandboxes": "\(table.readyCount)",
            "waiting_executions": "\(queue.waitingCount)",
        ]
        return health
    }

    // MARK: executions

    func execute(
        _ request: Agentd_V1_ExecuteRequest, for caller: Caller, in call: Call,
        output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        guard queue.enter(priority: request.metadata.priority, call) else {
            throw Status(.cancelled, "the call was cancelled before its turn")
        }
        defer { queue.leave() }
        return try run(request, caller, call, output)
    }

    private func run(
        _ request: Agentd_V1_ExecuteRequest, _ caller: Caller, _ call: Call,
        _ output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        let received = call.received
        let taken = max(received, Clock.wallNanoseconds)
        var response = Agentd_V1_ExecuteResponse(to: request)
        response.timing.receivedAtMs = received / 1_000_000
        response.timing.queueTimeMs = milliseconds(from: received, to: taken)
        // Durations are of nanoseconds, each rounded down: a part is never longer than the whole.
        var started: UInt64?
        do throws(ExecutionFault) {
            let execution = try admit(request, caller)
            let entry = try place(request, caller, &response)
            defer {
                entry.end()
                if response.sandboxInfo.newlyCreated, !request.sandboxPrefs.persist {
                    table.end(entry)
                }
            }
            do throws(AuditFault) {
                try caller.witness?.begins(in: entry.id)
            } catch {
                throw ExecutionFault(error)
            }
            let begun = Clock.wallNanoseconds
            started = begun
            response.timing.startedAtMs = begun / 1_000_000
            response.timing.setupTimeMs = milliseconds(from: taken, to: begun)
            try execution.run(in: entry, call, output, &response)
        } catch {
            response.fail(error)
        }
        let completed = Clock.wallNanoseconds
        response.timing.completedAtMs = completed / 1_000_000
        response.timing.totalTimeMs = milliseconds(from: received, to: completed)
        response.timing.execTimeMs = started.map { milliseconds(from: $0, to: completed) } ?? 0
        return response
    }

    /// None when the clock was set back meanwhile.
    private func milliseconds(from start: UInt64, to end: UInt64) -> UInt64 {
        end > start ? (end &- start) / 1_000_000 : 0
    }

    /// Looks at everything that can be wrong before anything is started.
    private func admit(
        _ request: Agentd_V1_ExecuteRequest, _ caller: Caller
    ) throws(ExecutionFault) -> Execution {
        guard let capability = Capability(rawValue: request.capability), request.version <= 1 else {
            throw ExecutionFault(
                .error, .unknownCapability, "no capability is called \(request.capability)")
        }
        guard isSupported(capability) else {
            throw ExecutionFault(
                .error, .unsupportedCapability,
                "\(capability.rawValue) is not supported by \(table.backend.rawValue) sandboxes")
        }
        let parameters: Parameters
        do throws(Parameters.Fault) {
            parameters = try Parameters(request.paramsJson, for: capability)
        } catch {
            throw ExecutionFault(.error, .invalidParams, error.text)
        }
        let constraints = request.hasConstraints ? request.constraints : nil
        if capability.writes, let constraints, !constraints.allowWrites {
            throw ExecutionFault(.denied, .writesNotAllowed, "the constraints forbid writing")
        }
        if capability == .httpFetch, let constraints, !constraints.allowNetwork {
            throw ExecutionFault(
                .denied, .networkNotAllowed, "the constraints forbid the network")
        }
        if let refusal = policy.refusal(
            capability.rawValue, paramsJSON: parameters.json, caller,
            sandbox: request.sandboxPrefs.sandboxID, metadata: request.metadata)
        {
            throw ExecutionFault(.denied, .policyDenied, refusal)
        }
        return Execution(
            capability, parameters, constraints, trace: TraceParent(request.metadata))
    }

    /// The sandbox that it runs in: the one that was asked for, or a new one.
    private func place(
        _ request: Agentd_V1_ExecuteRequest, _ caller: Caller,
        _ response: inout Agentd_V1_ExecuteResponse
    ) throws(ExecutionFault) -> SandboxEntry {
        let wanted = request.sandboxPrefs
        var entry = wanted.sandboxID.isEmpty
            ? nil : table.find(wanted.sandboxID, owner: caller.keyID)
        guard wanted.sandboxID.isEmpty || entry != nil else {
            throw .noSandbox(wanted.sandboxID)
        }
        try check(wanted, entry)
        response.sandboxInfo.newlyCreated = entry == nil
        if entry == nil {
            var specification = Agentd_V1_CreateSandboxRequest()
            specification.profile = wanted.profile
            specification.networkEnabled =
                request.capability == Capability.httpFetch.rawValue
                || request.constraints.allowNetwork && table.hasNetwork
            do throws(Status) {
                entry = try table.create(
                    specification, owner: caller.keyID, isPersistent: wanted.persist)
            } catch {
                throw ExecutionFault(notCreated: error)
            }
        }
        guard let entry, entry.begin() else { throw .noSandbox(wanted.sandboxID) }
        response.sandboxInfo.sandboxID = entry.id
        response.sandboxInfo.backend = entry.sandbox.backend.rawValue
        response.sandboxInfo.profile = entry.profile
        response.sandboxInfo.capabilities = entry.capabilities
        return entry
    }

    /// What a client expects of the sandbox, which is refused rather than forgotten.
    private func check(
        _ wanted: Agentd_V1_SandboxPreferences, _ entry: SandboxEntry?
    ) throws(ExecutionFault) {
        let backend = entry?.sandbox.backend ?? table.backend
        guard wanted.backend.isEmpty || IsolationBackend(name: wanted.backend) == backend else {
            throw ExecutionFault(
                .error, .backendUnavailable, "sandboxes here are \(backend.rawValue)")
        }
        guard let entry else { return }
        guard wanted.profile.isEmpty || wanted.profile == entry.profile else {
            throw ExecutionFault(
                .error, .profileMismatch, "the sandbox has the profile \(entry.profile)")
        }
        if wanted.requireFresh, !entry.isFresh {
            throw ExecutionFault(.error, .sandboxNotFresh, "something ran in it before")
        }
    }

    // MARK: sandboxes

    func listSandboxes(
        _ request: Agentd_V1_ListSandboxesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ListSandboxesResponse {
        var response = Agentd_V1_ListSandboxesResponse()
        // Those that have ended are told to who asks for them.
        let statuses = table.statuses(of: caller.keyID).filter {
            request.stateFilter.isEmpty
                ? $0.life != .terminated : $0.life.rawValue == request.stateFilter
        }
        response.sandboxes = statuses.map(\.summary)
        return response
    }

    func labels(of sandbox: String, for caller: Caller) -> [String: String] {
        table.find(sandbox, owner: caller.keyID)?.labels ?? [:]
    }

    func createSandbox(
        _ request: Agentd_V1_CreateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_CreateSandboxResponse {
        let entry = try create(request, for: caller)
        var response = Agentd_V1_CreateSandboxResponse()
        response.sandboxID = entry.id
        response.capabilities = entry.capabilities
        return response
    }

    func attachSandbox(
        _ request: Agentd_V1_AttachSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_AttachSandboxResponse {
        var response = Agentd_V1_AttachSandboxResponse()
        let entry: SandboxEntry
        if let found = table.find(request.sandboxID, owner: caller.keyID) {
            entry = found
        } else {
            guard request.createIfMissing else { throw .noSandbox(request.sandboxID) }
            entry = try create(request.createSpec, for: caller)
            response.newlyCreated = true
        }
        entry.attach()
        response.sessionID = "sess-\(UniqueName.make())"
        response.sandboxID = entry.id
        response.capabilities = entry.capabilities
        return response
    }

    /// Policy says which of its places and limits a caller may have; one made for an execution has
    /// none but those of its profile.
    private func create(
        _ request: Agentd_V1_CreateSandboxRequest, for caller: Caller
    ) throws(Status) -> SandboxEntry {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        guard let params = try? request.jsonString(options: options) else {
            throw Status(.internal, "policy cannot be shown the request")
        }
        let refusal = policy.refusal(Self.creation, paramsJSON: params, caller, sandbox: "")
        if let refusal { throw Status(.permissionDenied, refusal) }
        return try table.create(request, owner: caller.keyID, isPersistent: true)
    }

    /// What policy knows the making of a sandbox by.
    private static let creation = "sandbox.create.v1"

    func terminateSandbox(
        _ request: Agentd_V1_TerminateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_TerminateSandboxResponse {
        let entry = try find(request.sandboxID, caller)
        var response = Agentd_V1_TerminateSandboxResponse()
        guard request.force || !entry.isBusy else {
            response.message = "something runs in the sandbox; say force"
            return response
        }
        table.end(entry)
        response.success = true
        return response
    }

    func sandboxCapabilities(
        _ request: Agentd_V1_GetSandboxCapabilitiesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_SandboxCapabilities {
        try find(request.sandboxID, caller).capabilities
    }

    func find(_ id: String, _ caller: Caller) throws(Status) -> SandboxEntry {
        guard let entry = table.find(id, owner: caller.keyID) else { throw .noSandbox(id) }
        return entry
    }
}
