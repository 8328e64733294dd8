import Peers
import Testing

/// Refusals as gRPC's clients understand them: HTTP's 200, and a status in a head that ends.
struct GRPCTests {
    private static let key = "x-api-key: dev-api-key-change-in-production\r\n"
    private static let userKey = "x-api-key: dev-user-key-change-in-production\r\n"
    private static let method = "/agentd.v1.Agentd/Health"

    private func call(
        _ gateway: RunningGateway, _ path: String, _ fields: String
    ) throws -> H2Message {
        let client = try H2Client(port: gateway.port)
        let stream = try client.request(
            "POST \(path) HTTP/1.1\r\nhost: sluice.test\r\ncontent-type: application/grpc\r\n"
                + "te: trailers\r\n\(fields)\r\n",
            body: "\0\0\0\0\0")
        return try client.response(to: stream)
    }

    @Test(arguments: [
        (method, "", "16"),
        (method, "x-api-key: nobody's\r\n", "16"),
        ("/admin/x", userKey, "7"),
        ("/nothing", key, "12"),
        ("/agentd.v1.Agentd/%2fHealth", key, "3"),
        // Nothing listens where calls go.
        (method, key, "14"),
    ])
    func `a refusal is a status`(path: String, fields: String, status: String) throws {
        let gateway = try RunningGateway(
            upstream: 1,
            settings: "  routes:\n    - { prefix: /agentd.v1., upstream: agentd_http }\n"
                + "    - { prefix: /admin/, upstream: agentd_http }\n")
        let response = try call(gateway, path, fields)
        #expect(response.status == 200)
        #expect(response["grpc-status"] == status)
        #expect(response["grpc-message"]?.isEmpty == false)
        #expect(response.body.isEmpty)
        #expect(response.isComplete)
    }

    @Test func `a head above the limits is a status too, wherever it says what it is`() throws {
        let gateway = try RunningGateway(upstream: 1)
        let lines = (0..<300).map { "x-\($0): 1\r\n" }.joined()
        let kind = "content-type: application/grpc+proto\r\n"
        for head in [lines + kind, kind + lines] {
            let client = try H2Client(port: gateway.port)
            let stream = try client.request(
                "POST \(Self.method) HTTP/1.1\r\nhost: sluice.test\r\n\(head)\r\n",
                body: "\0\0\0\0\0")
            let response = try client.response(to: stream)
            #expect(response.status == 200)
            #expect(response["grpc-status"] == "8")
        }
    }

    @Test func `a limit says when to come again`() throws {
        let gateway = try RunningGateway(
            upstream: 1,
            settings: "  rate_limit:\n    global: { tokens: 1, per_second: 1 }\n    anonymous: off\n")
        _ = try call(gateway, Self.method, Self.key)
        let response = try call(gateway, Self.method, Self.key)
        #expect(response["grpc-status"] == "8")
        #expect(response["retry-after"] == "1")
        // google.rpc.Status with google.rpc.RetryInfo { retry_delay { seconds: 1 } }
        let details = try #require(response["grpc-status-details-bin"])
        #expect(details.hasPrefix("CAgS"))
        #expect(details.hasSuffix("xIECgIIAQ"))
    }

    @Test func `other clients get problem details`() throws {
        let gateway = try RunningGateway(upstream: 1)
        let client = try H2Client(port: gateway.port)
        let stream = try client.request(
            "GET /api/v1/status HTTP/1.1\r\nhost: sluice.test\r\n\r\n")
        let response = try client.response(to: stream)
        #expect(response.status == 401)
        #expect(response["content-type"] == "application/problem+json")
        #expect(response.text.contains("\"code\":\"missing_api_key\""))
    }
}
