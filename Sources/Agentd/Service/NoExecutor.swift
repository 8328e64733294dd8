internal import GRPC
internal import Protos

/// A daemon without sandboxes: it says so, and runs nothing.
struct NoExecutor: CapabilityExecutor {
    /// Whether there should be some, and this machine refuses to make one.
    let isBroken: Bool

    private var reason: Status {
        Status(
            .unavailable,
            isBroken
                ? "no sandbox can be made here; the log says why"
                : "no sandbox backend is configured; nothing can be run")
    }

    var capabilities: [Agentd_V1_CapabilityInfo] { [] }

    var health: Agentd_V1_HealthResponse {
        var health = Agentd_V1_HealthResponse()
        health.healthy = !isBroken
        health.status = isBroken ? "unhealthy" : "degraded"
        health.details = ["reason": reason.message]
        return health
    }

    func execute(
        _ request: Agentd_V1_ExecuteRequest, for caller: Caller, in call: Call,
        output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse { throw reason }

    /// There are none, whatever is asked for.
    func listSandboxes(
        _ request: Agentd_V1_ListSandboxesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ListSandboxesResponse { Agentd_V1_ListSandboxesResponse() }

    func labels(of sandbox: String, for caller: Caller) -> [String: String] { [:] }

    func createSandbox(
        _ request: Agentd_V1_CreateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_CreateSandboxResponse { throw reason }

    func attachSandbox(
        _ request: Agentd_V1_AttachSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_AttachSandboxResponse {
        guard request.createIfMissing else { throw .noSandbox(request.sandboxID) }
        throw reason
    }

    func terminateSandbox(
        _ request: Agentd_V1_TerminateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_TerminateSandboxResponse { throw .noSandbox(request.sandboxID) }

    func sandboxCapabilities(
        _ request: Agentd_V1_GetSandboxCapabilitiesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_SandboxCapabilities { throw .noSandbox(request.sandboxID) }

    func readFile(
        _ request: Agentd_V1_ReadFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ReadFileResponse { throw .noSandbox(request.sandboxID) }

    func writeFile(
        _ request: Agentd_V1_WriteFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_WriteFileResponse { throw .noSandbox(request.sandboxID) }

    func editFile(
        _ request: Agentd_V1_EditFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_EditFileResponse { throw .noSandbox(request.sandboxID) }
}
