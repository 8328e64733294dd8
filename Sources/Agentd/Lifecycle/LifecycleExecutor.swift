internal import GRPC
internal import Protos
internal import Sandbox

/// Sees that the sandbox that a request names can take it: one of an earlier daemon is made again,
/// and a suspended one is refused.
struct LifecycleExecutor: ForwardingExecutor {
    let next: any CapabilityExecutor
    private let table: SandboxTable

    init(_ next: any CapabilityExecutor, _ table: SandboxTable) {
        self.next = next
        self.table = table
    }

    func execute(
        _ request: Agentd_V1_ExecuteRequest, for caller: Caller, in call: Call,
        output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        let id = request.sandboxPrefs.sandboxID
        do throws(Status) {
            try table.wake(id, owner: caller.keyID)
        } catch {
            return Agentd_V1_ExecuteResponse(
                to: request, refusing: ExecutionFault(.error, .sandboxInitFail, error.message))
        }
        if let entry = table.find(id, owner: caller.keyID), entry.lifecycle.life == .suspended {
            return Agentd_V1_ExecuteResponse(
                to: request,
                refusing: ExecutionFault(
                    .error, .sandboxSuspended, "the sandbox is suspended; resume it first"))
        }
        return try next.execute(request, for: caller, in: call, output: output)
    }

    // MARK: files

    func readFile(
        _ request: Agentd_V1_ReadFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ReadFileResponse {
        try prepare(request.sandboxID, caller)
        return try next.readFile(request, for: caller)
    }

    func writeFile(
        _ request: Agentd_V1_WriteFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_WriteFileResponse {
        try prepare(request.sandboxID, caller)
        return try next.writeFile(request, for: caller)
    }

    func editFile(
        _ request: Agentd_V1_EditFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_EditFileResponse {
        try prepare(request.sandboxID, caller)
        return try next.editFile(request, for: caller)
    }

    private func prepare(_ id: String, _ caller: Caller) throws(Status) {
        try table.wake(id, owner: caller.keyID)
        try table.find(id, owner: caller.keyID)?.refuseSuspended()
    }

    // MARK: sandboxes

    func labels(of sandbox: String, for caller: Caller) -> [String: String] {
        table.dormantLabels(of: sandbox, caller.keyID)
            ?? next.labels(of: sandbox, for: caller)
    }

    func attachSandbox(
        _ request: Agentd_V1_AttachSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_AttachSandboxResponse {
        try prepare(request.sandboxID, caller)
        return try next.attachSandbox(request, for: caller)
    }

    func terminateSandbox(
        _ request: Agentd_V1_TerminateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_TerminateSandboxResponse {
        guard try table.dropDormant(request.sandboxID, owner: caller.keyID) else {
            return try next.terminateSandbox(request, for: caller)
        }
        var response = Agentd_V1_TerminateSandboxResponse()
        response.success = true
        return response
    }

    func sandboxCapabilities(
        _ request: Agentd_V1_GetSandboxCapabilitiesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_SandboxCapabilities {
        try table.wake(request.sandboxID, owner: caller.keyID)
        return try next.sandboxCapabilities(request, for: caller)
    }
}
