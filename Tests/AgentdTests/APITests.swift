import Foundation
import Peers
import Proxy
import RunningRole
import Testing

/// agentd's two APIs, with the gateway left out.
struct APITests {
    private static let token = String(repeating: "t", count: 32)
    private let agentd: RunningAgentd

    init() throws { agentd = try RunningAgentd() }

    @Test(arguments: [
        ("GET", "/api/v1/capabilities", nil, 200),
        ("GET", "/api/v1/sandboxes", nil, 200),
        ("GET", "/api/v1/sandboxes?state_filter=Active", nil, 200),
        ("GET", "/api/v1/sandboxes?state_filter=Gone", nil, 400),
        ("GET", "/api/v1/sandboxes?colour=red", nil, 400),
        ("GET", "/api/v1/sandboxes?state_filter=%zz", nil, 400),
        ("POST", "/api/v1/sandboxes", "{}", 503),
        ("POST", "/api/v1/sandboxes", "{\"profile\":1}", 400),
        ("POST", "/api/v1/sandboxes", "[", 400),
        ("DELETE", "/api/v1/sandboxes/sbx-1?force=true", nil, 404),
        ("DELETE", "/api/v1/sandboxes/sbx-1?force=maybe", nil, 400),
        ("DELETE", "/api/v1/sandboxes/a%20b", nil, 400),
        ("GET", "/api/v1/sandboxes/sbx-1/capabilities", nil, 404),
        ("POST", "/api/v1/sandboxes/sbx-1/attach", "{}", 404),
        ("POST", "/api/v1/sandboxes/sbx-1/attach", "{\"create_if_missing\":true}", 400),
        ("POST", "/api/v1/sandboxes/sbx-1/files/read", "{\"path\":\"/a\"}", 404),
        ("POST", "/api/v1/sandboxes/sbx-1/files/read", "{}", 400),
        ("POST", "/api/v1/execute", "{\"capability\":\"shell.exec.v1\"}", 503),
        ("POST", "/api/v1/execute", "{}", 400),
        ("POST", "/api/v1/nothing", "{}", 404),
        ("PUT", "/api/v1/execute", "{}", 405),
        ("POST", "/api/v1/status", "{}", 405),
    ])
    func `the HTTP API is the service by other names`(
        verb: String, target: String, json: String?, status: Int
    ) throws {
        let response = try agentd.ask(verb, target, json)
        #expect(response.status == status, "\(response.text)")
        guard status >= 400, status != 405 else { return }
        #expect(response["content-type"] == "application/problem+json")
    }

    @Test func `a path says which sandbox, whatever the content says`() throws {
        let response = try agentd.ask(
            "POST", "/api/v1/sandboxes/sbx-path/files/read",
            "{\"sandbox_id\":\"sbx-content\",\"path\":\"/a\"}")
        #expect(response.status == 404)
        #expect(response.text.contains("sbx-path"))
        #expect(!response.text.contains("sbx-content"))
    }

    @Test func `an error for a stream's client is an error, and no stream`() throws {
        let response = try agentd.ask(
            "POST", "/api/v1/execute", "{\"capability\":\"shell.exec.v1\"}",
            "Accept: text/event-stream\r\n")
        #expect(response.status == 503)
        #expect(response["content-type"] == "application/problem+json")
    }

    @Test func `the document describes every path, and every message that it refers to`() throws {
        let response = try agentd.ask("GET", "/api/v1/openapi.json")
        let object = try JSONSerialization.jsonObject(with: Data(response.body))
        let document = try #require(object as? [String: Any])
        #expect(document["openapi"] as? String == "3.1.0")
        let paths = try #require(document["paths"] as? [String: Any])
        #expect(paths.keys.contains("/api/v1/sandboxes/{sandbox_id}/files/edit"))
        #expect(paths.count == 19)
        let components = try #require(document["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: Any])
        for match in response.text.matches(of: /#\/components\/schemas\/(\w+)/) {
            #expect(schemas[String(match.1)] != nil, "\(match.1)")
        }
        let request = try #require(schemas["ExecuteRequest"] as? [String: Any])
        let properties = try #require(request["properties"] as? [String: Any])
        #expect(properties.keys.contains("params_json"))
    }

    @Test func `who has no token is not served`() throws {
        let guarded = try RunningAgentd("  token: \(Self.token)\n")
        for target in ["/api/v1/status", "/api/v1/capabilities"] {
            for fields in ["", "Authorization: Bearer wrong\r\n"] {
                let response = try guarded.ask("GET", target, nil, fields)
                #expect(response.status == 401)
                #expect(response["www-authenticate"] == "Bearer realm=\"agentd\"")
            }
            let fields = "Authorization: Bearer \(Self.token)\r\n"
            #expect(try guarded.ask("GET", target, nil, fields).status == 200)
        }
        #expect(try guarded.ask("GET", "/health").status == 200)
    }

    @Test func `who wants all isolation is not served with less`() {
        #expect(throws: RoleError.self) {
            try RunningAgentd(
                "  sandboxes: { backend: host-direct, allow_host_direct: true, strict: true }\n"
                    + "  policy: { bundle: \(RunningRole.shippedBundle), "
                    + "entrypoint: agentd/exec/authz/decision }\n")
        }
    }

    @Test func `the gRPC port speaks gRPC`() throws {
        let client = try H2Client(port: agentd.grpcPort)
        let stream = try client.request(
            "POST /agentd.v1.Agentd/Health HTTP/1.1\r\nhost: x\r\n"
                + "content-type: application/grpc\r\n\r\n",
            body: "\0\0\0\0\0")
        let response = try client.response(to: stream)
        #expect(response["grpc-status"] == "0")
        #expect(response.text.contains("degraded"))
    }
}
