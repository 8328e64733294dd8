internal import GRPC
internal import Protos

/// An executor around another one, which does what this one says nothing about.
protocol ForwardingExecutor: CapabilityExecutor {
    var next: any CapabilityExecutor { get }
}

extension ForwardingExecutor {
    var capabilities: [Agentd_V1_CapabilityInfo] { next.capabilities }
    var health: Agentd_V1_HealthResponse { next.health }

    func execute(
        _ request: Agentd_V1_ExecuteRequest, for caller: Caller, in call: Call,
        output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        try next.execute(request, for: caller, in: call, output: output)
    }

    func listSandboxes(
        _ request: Agentd_V1_ListSandboxesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ListSandboxesResponse {
        try next.listSandboxes(request, for: caller)
    }

    func labels(of sandbox: String, for caller: Caller) -> [String: String] {
        next.labels(of: sandbox, for: caller)
    }

    func createSandbox(
        _ request: Agentd_V1_CreateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_CreateSandboxResponse {
        try next.createSandbox(request, for: caller)
    }

    func attachSandbox(
        _ request: Agentd_V1_AttachSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_AttachSandboxResponse {
        try next.attachSandbox(request, for: caller)
    }

    func terminateSandbox(
        _ request: Agentd_V1_TerminateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_TerminateSandboxResponse {
        try next.terminateSandbox(request, for: caller)
    }

    func sandboxCapabilities(
        _ request: Agentd_V1_GetSandboxCapabilitiesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_SandboxCapabilities {
        try next.sandboxCapabilities(request, for: caller)
    }

    func readFile(
        _ request: Agentd_V1_ReadFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ReadFileResponse {
        try next.readFile(request, for: caller)
    }

    func writeFile(
        _ request: Agentd_V1_WriteFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_WriteFileResponse {
        try next.writeFile(request, for: caller)
    }

    func editFile(
        _ request: Agentd_V1_EditFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_EditFileResponse {
        try next.editFile(request, for: caller)
    }
}
