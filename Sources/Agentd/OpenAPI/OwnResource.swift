internal import Bytes

/// A resource of the HTTP API that is no method of the service.
struct OwnResource {
    let path: String
    let name: String
    let summary: String
    var type = "application/json"

    static let all = [
        OwnResource(path: "/health", name: "health", summary: "Whether the daemon is alive."),
        OwnResource(path: "/ready", name: "ready", summary: "Whether it takes requests."),
        OwnResource(
            path: "/metrics", name: "metrics", summary: "Counters, as Prometheus reads them.",
            type: "text/plain"),
        OwnResource(path: "/api/v1/status", name: "status", summary: "What the daemon is."),
        OwnResource(
            path: "/api/v1/openapi.json", name: "openapi", summary: "This document."),
    ]

    func schema(_ writer: inout JSONWriter) {
        writer.member("type", type == "text/plain" ? "string" : "object")
    }
}
