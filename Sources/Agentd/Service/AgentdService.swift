internal import GRPC
internal import Protos

/// `agentd.v1.Agentd`: checks the form of requests and hands them to what runs capabilities.
struct AgentdService: Sendable {
    static let name = "agentd.v1.Agentd"

    private let executor: any CapabilityExecutor

    init(_ executor: any CapabilityExecutor) { self.executor = executor }

    static func path(_ method: String) -> String { "/\(name)/\(method)" }

    var methods: [ServiceMethod] {
        [
            .unary(Self.path("Execute"), execute),
            .serverStreaming(Self.path("ExecuteStream"), executeStream),
            .immediate(Self.path("ListCapabilities"), listCapabilities),
            .immediate(Self.path("Health"), health),
            .unary(Self.path("ListSandboxes")) {
                (request: Agentd_V1_ListSandboxesRequest, call) throws(Status) in
                try RequestCheck.list(request)
                return try executor.listSandboxes(request, for: Caller(call.metadata))
            },
            .unary(Self.path("CreateSandbox")) {
                (request: Agentd_V1_CreateSandboxRequest, call) throws(Status) in
                try RequestCheck.creation(request)
                return try executor.createSandbox(request, for: Caller(call.metadata))
            },
            .unary(Self.path("AttachSandbox")) { request, call throws(Status) in
                try executor.attachSandbox(try valid(request), for: Caller(call.metadata))
            },
            .unary(Self.path("TerminateSandbox")) {
                (request: Agentd_V1_TerminateSandboxRequest, call) throws(Status) in
                try RequestCheck.sandbox(request.sandboxID)
                return try executor.terminateSandbox(request, for: Caller(call.metadata))
            },
            .unary(Self.path("GetSandboxCapabilities")) {
                (request: Agentd_V1_GetSandboxCapabilitiesRequest, call) throws(Status) in
                try RequestCheck.sandbox(request.sandboxID)
                return try executor.sandboxCapabilities(request, for: Caller(call.metadata))
            },
        ] + fileMethods
    }

    private var fileMethods: [ServiceMethod] {
        [
            .unary(Self.path("ReadFile")) {
                (request: Agentd_V1_ReadFileRequest, call) throws(Status) in
                try RequestCheck.path(request.path)
                return try executor.readFile(request, for: Caller(call.metadata))
            },
            .unary(Self.path("WriteFile")) {
                (request: Agentd_V1_WriteFileRequest, call) throws(Status) in
                try RequestCheck.path(request.path)
                return try executor.writeFile(request, for: Caller(call.metadata))
            },
            .unary(Self.path("EditFile")) {
                (request: Agentd_V1_EditFileRequest, call) throws(Status) in
                try RequestCheck.path(request.path)
                try RequestCheck.oldText(request.oldString)
                return try executor.editFile(request, for: Caller(call.metadata))
            },
        ]
    }

    // MARK: executions

    @Sendable private func execute(
        _ request: Agentd_V1_ExecuteRequest, _ call: Call
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        try RequestCheck.execution(request)
        return try executor.execute(
            request, for: Caller(call.metadata), in: call, output: nil)
    }

    @Sendable private func executeStream(
        _ request: Agentd_V1_ExecuteRequest, _ call: Call, _ output: ExecutionOutput
    ) throws(Status) {
        try RequestCheck.execution(request)
        let response = try executor.execute(
            request, for: Caller(call.metadata), in: call, output: output)
        var last = Agentd_V1_ExecuteOutput()
        last.complete = response
        try output.write(last)
    }

    // MARK: the daemon

    @Sendable private func listCapabilities(
        _ request: Agentd_V1_ListCapabilitiesRequest, _ call: Call
    ) -> Agentd_V1_ListCapabilitiesResponse {
        var response = Agentd_V1_ListCapabilitiesResponse()
        response.capabilities = executor.capabilities
        return response
    }

    @Sendable private func health(
        _ request: Agentd_V1_HealthRequest, _ call: Call
    ) -> Agentd_V1_HealthResponse { executor.health }

    // MARK: sandboxes

    private func valid(
        _ request: Agentd_V1_AttachSandboxRequest
    ) throws(Status) -> Agentd_V1_AttachSandboxRequest {
        try RequestCheck.sandbox(request.sandboxID)
        try RequestCheck.creation(request.createSpec)
        guard !request.createIfMissing || request.hasCreateSpec else {
            throw RequestCheck.invalid(
                "create_spec", "is required when create_if_missing is true")
        }
        return request
    }
}
