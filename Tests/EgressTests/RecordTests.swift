import Foundation
import Peers
import Testing

/// What is logged and counted.
struct RecordTests {
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress
    private let log: String

    init() throws {
        upstream = try ScriptedUpstream()
        log = NSTemporaryDirectory() + "sluice-egress-\(UUID().uuidString).log"
        egress = try RunningEgress(
            EgressBundle(upstream: upstream.port), settings: "  access_log: { path: \(log) }\n")
    }

    /// The lines that were written, once the egress has ended.
    private func lines() throws -> [[String: Any]] {
        egress.stop()
        let text = try String(contentsOfFile: log, encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test func `a call is recorded with who called whom, and no query`() throws {
        let client = try egress.connect()
        try client.send(
            "POST /x?key=secret HTTP/1.1\r\nHost: echo.local\r\nX-Sandbox-ID: sbx-all\r\n"
                + "Content-Length: 4\r\n\r\nbody")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello")
        _ = try client.readMessage()
        client.close()
        let line = try #require(try lines().first)
        #expect(line["sandbox_id"] as? String == "sbx-all")
        #expect(line["destination"] as? String == "echo")
        #expect(line["method"] as? String == "POST")
        #expect(line["path"] as? String == "/x")
        #expect(line["status"] as? Int == 201)
        #expect(line["bytes_sent"] as? Int == 5)
        #expect(line["bytes_received"] as? Int == 4)
        #expect(line["upstream_host"] as? String == "127.0.0.1:\(upstream.port)")
        #expect(line["authz_status"] as? String == "allowed")
        #expect(line["tier"] as? String == "all")
        #expect(line["decision_id"] as? String == line["request_id"] as? String)
        #expect(line["duration_ms"] is Double)
        #expect(line["timestamp"] is String)
    }

    @Test func `a refusal is recorded with its reason`() throws {
        let denied = try egress.ask("/x", method: "DELETE")
        _ = try egress.ask("/x", sandbox: nil)
        _ = try egress.ask("/x", host: "elsewhere")
        let lines = try lines()
        #expect(lines.map { $0["reason"] as? String } == [
            "policy_denied", "missing_sandbox_identity", "unknown_service",
        ])
        #expect(lines[0]["authz_status"] as? String == "denied")
        #expect(denied.text.contains(lines[0]["decision_id"] as? String ?? "nothing"))
        #expect(lines[1]["sandbox_id"] is NSNull)
        #expect(lines[1]["destination"] is NSNull)
        #expect(lines[1]["authz_status"] as? String == "none")
        #expect(lines[2]["destination"] as? String == "elsewhere")
        #expect(lines[2]["sandbox_id"] as? String == "sbx-all")
    }

    @Test func `metrics have the names of Envoy's dashboards and our own services only`() throws {
        _ = try egress.ask("/x", method: "DELETE")
        _ = try egress.ask("/x", host: "made-up-by-a-client")
        let admin = try Peer(port: egress.adminPort)
        try admin.send("GET /stats/prometheus HTTP/1.1\r\nHost: a\r\n\r\n")
        let text = try admin.readMessage().text
        for expected in [
            #"envoy_http_downstream_rq_xx{envoy_response_code_class="4",envoy_http_conn_manager_prefix="egress_http"} 2"#,
            #"envoy_cluster_upstream_rq_total{envoy_cluster_name="echo"} 0"#,
            #"sluice_decisions_total{result="deny"} 1"#,
        ] {
            #expect(text.contains(expected), "\(expected)")
        }
        #expect(!text.contains("made-up-by-a-client"))
        #expect(!text.contains("sbx-all"))
    }

    @Test func `a service that the data no longer has is gone, a new one is there`() throws {
        #expect(try egress.ask("/x", method: "DELETE", host: "narrow").status == 403)
        let services = """
            "fresh": {
              "base_url": "http://127.0.0.1:\(upstream.port)", "allowed_methods": ["GET"]
            }
            """
        let data = EgressBundle.data(upstream.port, services, 1000)
        try egress.bundle.write(data.replacingOccurrences(of: "\"narrow\"", with: "\"wide\""))
        egress.egress.reload()
        #expect(try egress.ask("/x", method: "DELETE", host: "narrow").status == 404)
        #expect(try egress.ask("/x", method: "DELETE", host: "wide").status == 403)
        let client = try egress.connect()
        try client.send("GET /x HTTP/1.1\r\nHost: fresh\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try client.readMessage().status == 204)
    }

    @Test func `data that is wrong changes nothing`() throws {
        try egress.bundle.write(
            EgressBundle.data(upstream.port, "", 1).replacingOccurrences(
                of: "requests_per_minute", with: "tokens_per_minute"))
        egress.egress.reload()
        #expect(try egress.ask("/x", method: "DELETE").status == 403)
        let admin = try Peer(port: egress.adminPort)
        try admin.send("GET /server_info HTTP/1.1\r\nHost: a\r\n\r\n")
        let text = try admin.readMessage().text
        #expect(text.contains("tokens_per_minute: is not known"))
        #expect(text.contains(#""role":"egress""#))
    }
}
