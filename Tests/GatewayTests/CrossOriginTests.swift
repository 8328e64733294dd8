import Peers
import Testing

/// What browsers are told about pages of other origins.
struct CrossOriginTests {
    private static let settings =
        "  cors:\n    origins: [https://console.example, http://localhost:3000]\n    max_age: 5m\n"
    private static let preflight =
        "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-grpc-web\r\n"

    private func gateway(_ settings: String = settings) throws -> RunningGateway {
        try RunningGateway(settings: settings)
    }

    @Test(arguments: ["https://console.example", "http://localhost:3000"])
    func `a preflight is answered before a key is asked for`(origin: String) throws {
        let answer = try gateway().ask(
            "/agentd.v1.Agentd/Execute", method: "OPTIONS",
            "Origin: \(origin)\r\n\(Self.preflight)")
        #expect(answer.status == 204)
        #expect(answer["access-control-allow-origin"] == origin)
        #expect(answer["access-control-allow-methods"]?.contains("POST") == true)
        #expect(answer["access-control-allow-headers"]?.contains("x-grpc-web") == true)
        #expect(answer["access-control-max-age"] == "300")
        #expect(answer["vary"] == "Origin")
        #expect(answer["x-request-id"] != nil)
    }

    @Test(arguments: [
        "https://console.example.evil.test", "https://CONSOLE.example", "null",
        "http://console.example", "https://console.example, https://console.example",
    ])
    func `another origin gets nothing`(origin: String) throws {
        let gateway = try gateway()
        let refused = try gateway.ask(
            "/api/v1/status", method: "OPTIONS", "Origin: \(origin)\r\n\(Self.preflight)")
        #expect(refused.status == 401)
        #expect(refused["access-control-allow-origin"] == nil)
        let answer = try gateway.ask(
            "/api/v1/status", RunningGateway.admin + "Origin: \(origin)\r\n")
        #expect(answer.status == 200)
        #expect(answer["access-control-allow-origin"] == nil)
        #expect(answer["vary"] == "Origin")
    }

    @Test(arguments: [(RunningGateway.admin, 200), ("", 401)])
    func `the page may see the answer, and the status of gRPC`(key: String, status: Int) throws {
        let answer = try gateway().ask(
            "/api/v1/status", key + "Origin: https://console.example\r\n")
        #expect(answer.status == status)
        #expect(answer["access-control-allow-origin"] == "https://console.example")
        let exposed = try #require(answer["access-control-expose-headers"])
        #expect(exposed.contains("grpc-status") && exposed.contains("grpc-message"))
    }

    @Test func `without configuration nothing is said`() throws {
        let gateway = try gateway("")
        let fields = "Origin: https://console.example\r\n"
        let refused = try gateway.ask(
            "/api/v1/status", method: "OPTIONS", fields + Self.preflight)
        #expect(refused.status == 401)
        let answer = try gateway.ask("/api/v1/status", RunningGateway.admin + fields)
        for response in [refused, answer] {
            #expect(response["access-control-allow-origin"] == nil)
            #expect(response["vary"] == nil)
        }
    }
}
