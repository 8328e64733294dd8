internal import GRPC

/// The HTTP API: which method of the services each of its paths leads to.
enum AgentdRules {
    static let all: [HTTPRule] = [
        HTTPRule(.get, "/api/v1/capabilities", AgentdService.path("ListCapabilities")),
        HTTPRule(
            .post, "/api/v1/execute", AgentdService.path("Execute"),
            stream: AgentdService.path("ExecuteStream")),
        HTTPRule(
            .get, "/api/v1/sandboxes", ListingService.list,
            query: ["state_filter": .string, "label": .string]),
        HTTPRule(.post, "/api/v1/sandboxes", AgentdService.path("CreateSandbox")),
        HTTPRule(
            .delete, "/api/v1/sandboxes/{sandbox_id}", AgentdService.path("TerminateSandbox"),
            query: ["force": .literal]),
        HTTPRule(
            .post, "/api/v1/sandboxes/{sandbox_id}/attach", AgentdService.path("AttachSandbox")),
        HTTPRule(
            .get, "/api/v1/sandboxes/{sandbox_id}/capabilities",
            AgentdService.path("GetSandboxCapabilities")),
        HTTPRule(
            .post, "/api/v1/sandboxes/{sandbox_id}/files/read", AgentdService.path("ReadFile")),
        HTTPRule(
            .post, "/api/v1/sandboxes/{sandbox_id}/files/write", AgentdService.path("WriteFile")),
        HTTPRule(
            .post, "/api/v1/sandboxes/{sandbox_id}/files/edit", AgentdService.path("EditFile")),
        HTTPRule(
            .get, "/api/v1/sandboxes/{sandbox_id}", LifecycleService.path("GetSandbox")),
        HTTPRule(
            .post, "/api/v1/sandboxes/{sandbox_id}/detach",
            LifecycleService.path("DetachSandbox")),
        HTTPRule(
            .post, "/api/v1/sandboxes/{sandbox_id}/suspend",
            LifecycleService.path("SuspendSandbox")),
        HTTPRule(
            .post, "/api/v1/sandboxes/{sandbox_id}/resume",
            LifecycleService.path("ResumeSandbox")),
        HTTPRule(.get, "/api/v1/audit", AuditService.list, query: pages),
        HTTPRule(
            .get, "/api/v1/sandboxes/{sandbox_id}/audit", AuditService.list, query: pages),
    ]

    private static let pages: [String: HTTPRule.Form] = ["after": .literal, "limit": .literal]
}
