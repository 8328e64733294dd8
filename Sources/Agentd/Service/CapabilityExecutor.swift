internal import GRPC
internal import Protos

/// What runs capabilities in sandboxes. Every method may wait, and is called on threads that may;
/// what is in the request was not checked beyond its form.
protocol CapabilityExecutor: Sendable {
    /// What it can run, each with the schema of its parameters.
    var capabilities: [Agentd_V1_CapabilityInfo] { get }

    /// Whether it can run anything now, and facts about that.
    var health: Agentd_V1_HealthResponse { get }

    /// Runs a capability. What goes wrong inside is in the response; thrown is what kept it from
    /// being run at all. `call` tells when nobody waits any more.
    func execute(
        _ request: Agentd_V1_ExecuteRequest, for caller: Caller, in call: Call,
        output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse

    func listSandboxes(
        _ request: Agentd_V1_ListSandboxesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ListSandboxesResponse

    /// What the client that made a sandbox noted about it; nothing for those of others.
    func labels(of sandbox: String, for caller: Caller) -> [String: String]

    func createSandbox(
        _ request: Agentd_V1_CreateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_CreateSandboxResponse

    func attachSandbox(
        _ request: Agentd_V1_AttachSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_AttachSandboxResponse

    func terminateSandbox(
        _ request: Agentd_V1_TerminateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_TerminateSandboxResponse

    func sandboxCapabilities(
        _ request: Agentd_V1_GetSandboxCapabilitiesRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_SandboxCapabilities

    func readFile(
        _ request: Agentd_V1_ReadFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ReadFileResponse

    func writeFile(
        _ request: Agentd_V1_WriteFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_WriteFileResponse

    func editFile(
        _ request: Agentd_V1_EditFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_EditFileResponse
}

/// Where an execution's output goes as it comes.
typealias ExecutionOutput = MessageWriter<Agentd_V1_ExecuteOutput>
