internal import GRPC
internal import Protos
internal import Sandbox

/// Sees that the sandbox that a request names can take it: one of an earlier daemon is made again,
/// and a suspended one is refused.
struct LifecycleExecutor: CapabilityExecutor {
    private let executor: any CapabilityExecutor
    private let table: SandboxTable

    init(_ executor: any CapabilityExecutor, _ table: SandboxTable) {
        self.executor = executor
        self.table = table
    }

    var capabilities: [Agentd_V1_CapabilityInfo] { executor.capabilities }
    var health: Agentd_V1_HealthResponse { executor.health }

    func execute(
        _ request: Agentd_V1_ExecuteRequest, for caller: Caller, in call: Call,
        output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        let id = request.sandboxPrefs.sandboxID
        do throws(Status) {
            try table.wake(id, owner: caller.keyID)
        } catch {
            return refusal(of: request, ExecutionFault(.error, "SANDBOX_INIT_FAIL", error.message))
        }
        if let entry = table.find(id, owner: caller.keyID), entry.lifecycle.life == .suspended {
            return refusal(
                of: request,
                ExecutionFault(
                    .error, "SANDBOX_SUSPENDED", "the sandbox is suspended; resume it first"))
        }
        return try executor.execute(request, for: caller, in: call, output: output)
    }

    private func refusal(
        of request: Agentd_V1_ExecuteRequest, _ fault: ExecutionFault
    ) -> Agentd_V1_ExecuteResponse {
        var response = Agentd_V1_ExecuteResponse()
        response.requestID = request.requestID
        response.fail(fault)
        return response
    }

    // MARK: files

    func readFile(
        _ request: Agentd_V1_ReadFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ReadFileResponse {
        try prepare(request.sandboxID, caller)
        return try executor.readFile(request, for: caller)
    }

    func writeFile(
        _ request: Agentd_V1_WriteFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_WriteFileResponse {
        try prepare(request.sandboxID, caller)
        return try executor.writeFile(request, for: caller)
    }

    func editFile(
        _ request: Agentd_V1_EditFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_EditFileResponse {
        try prepare(request.sandboxID, caller)
        return try executor.editFile(request, for: caller)
    }

    private func prepare(_ id: String, _ caller: Caller) throws(Status) {
        try table.wake(id, owner: caller.keyID)
        try table.find(id, owner: caller.keyID)?.refuseSuspended()
    }

    // MARK: sandboxes

    func listSandboxes(
        _ request: Agentd_V1_ListSandboxesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ListSandboxesResponse {
        try executor.listSandboxes(request, for: caller)
    }

    func labels(of sandbox: String, for caller: Caller) -> [String: String] {
        table.dormantLabels(of: sandbox, caller.keyID)
            ?? executor.labels(of: sandbox, for: caller)
    }

    func createSandbox(
        _ request: Agentd_V1_CreateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_CreateSandboxResponse {
        try executor.createSandbox(request, for: caller)
    }

    func attachSandbox(
        _ request: Agentd_V1_AttachSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_AttachSandboxResponse {
        try prepare(request.sandboxID, caller)
        return try executor.attachSandbox(request, for: caller)
    }

    func terminateSandbox(
        _ request: Agentd_V1_TerminateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_TerminateSandboxResponse {
        guard try table.dropDormant(request.sandboxID, owner: caller.keyID) else {
            return try executor.terminateSandbox(request, for: caller)
        }
        var response = Agentd_V1_TerminateSandboxResponse()
        response.success = true
        return response
    }

    func sandboxCapabilities(
        _ request: Agentd_V1_GetSandboxCapabilitiesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_SandboxCapabilities {
        try table.wake(request.sandboxID, owner: caller.keyID)
        return try executor.sandboxCapabilities(request, for: caller)
    }
}
