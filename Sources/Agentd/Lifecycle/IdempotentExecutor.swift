internal import GRPC
internal import IO
internal import Protos
internal import State
internal import SwiftProtobuf

/// Runs what has an idempotency key once: who asks again gets the first result, also of an earlier
/// daemon.
struct IdempotentExecutor: CapabilityExecutor {
    private let executor: any CapabilityExecutor
    private let results = ResultTable()
    /// Nil where results do not outlive the daemon.
    private let store: StateStore?

    init(_ executor: any CapabilityExecutor, _ store: StateStore?) {
        self.executor = executor
        self.store = store
    }

    func execute(
        _ request: Agentd_V1_ExecuteRequest, for caller: Caller, in call: Call,
        output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        let key = request.metadata.idempotencyKey
        guard !key.isEmpty else {
            return try executor.execute(request, for: caller, in: call, output: output)
        }
        return try results.first(of: caller.keyID, key) { () throws(Status) in
            try first(request, key, caller) { () throws(Status) in
                try executor.execute(request, for: caller, in: call, output: output)
            }
        }
    }

    /// The result that was stored, or a new one, which is stored before it is given.
    private func first(
        _ request: Agentd_V1_ExecuteRequest, _ key: String, _ caller: Caller,
        _ run: () throws(Status) -> Agentd_V1_ExecuteResponse
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        guard let store else { return try run() }
        let owner = caller.keyID
        let known = try stored { () throws(StateFault) in
            try store.begin(owner: owner, key: key, now: Clock.wallNanoseconds)
        }
        switch known {
        case .new: break
        case .done(let result):
            guard let response = try? Agentd_V1_ExecuteResponse(serializedBytes: result) else {
                return lost(request)
            }
            return response
        case .lost: return lost(request)
        }
        let response: Agentd_V1_ExecuteResponse
        do throws(Status) {
            response = try run()
        } catch {
            // Nothing was run, so it may be asked for again.
            try stored { () throws(StateFault) in try store.forget(owner: owner, key: key) }
            throw error
        }
        try stored { () throws(StateFault) in
            try store.end(
                owner: owner, key: key, result: (try? response.serializedBytes()) ?? [])
        }
        return response
    }

    private func stored<Value>(
        _ body: () throws(StateFault) -> Value
    ) throws(Status) -> Value {
        do throws(StateFault) {
            return try body()
        } catch {
            throw Status(.unavailable, "STATE_UNAVAILABLE: the daemon's state cannot be used")
        }
    }

    /// It may have run, and must not run twice.
    private func lost(_ request: Agentd_V1_ExecuteRequest) -> Agentd_V1_ExecuteResponse {
        var response = Agentd_V1_ExecuteResponse()
        response.requestID = request.requestID
        response.fail(
            ExecutionFault(
                .error, "EXECUTION_LOST",
                "it was begun, and the daemon was ended before it had a result; the audit log says "
                    + "what is known of it"))
        return response
    }

    // MARK: the rest

    var capabilities: [Agentd_V1_CapabilityInfo] { executor.capabilities }
    var health: Agentd_V1_HealthResponse { executor.health }

    func listSandboxes(
        _ request: Agentd_V1_ListSandboxesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ListSandboxesResponse {
        try executor.listSandboxes(request, for: caller)
    }

    func labels(of sandbox: String, for caller: Caller) -> [String: String] {
        executor.labels(of: sandbox, for: caller)
    }

    func createSandbox(
        _ request: Agentd_V1_CreateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_CreateSandboxResponse {
        try executor.createSandbox(request, for: caller)
    }

    func attachSandbox(
        _ request: Agentd_V1_AttachSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_AttachSandboxResponse {
        try executor.attachSandbox(request, for: caller)
    }

    func terminateSandbox(
        _ request: Agentd_V1_TerminateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_TerminateSandboxResponse {
        try executor.terminateSandbox(request, for: caller)
    }

    func sandboxCapabilities(
        _ request: Agentd_V1_GetSandboxCapabilitiesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_SandboxCapabilities {
        try executor.sandboxCapabilities(request, for: caller)
    }

    func readFile(
        _ request: Agentd_V1_ReadFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ReadFileResponse {
        try executor.readFile(request, for: caller)
    }

    func writeFile(
        _ request: Agentd_V1_WriteFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_WriteFileResponse {
        try executor.writeFile(request, for: caller)
    }

    func editFile(
        _ request: Agentd_V1_EditFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_EditFileResponse {
        try executor.editFile(request, for: caller)
    }
}
