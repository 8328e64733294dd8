import Foundation
import IO
import Peers
import RunningRole
import Testing

/// A bundle that changes, a gateway that drains, and what it says about itself.
struct LifecycleTests {
    private static let status = "GET /api/v1/status HTTP/1.1\r\nHost: a\r\n"

    /// A copy of the shipped bundle that a test may change.
    private final class BundleCopy {
        let path: String

        init() throws {
            let name = "sluice-bundle-\(UUID().uuidString)"
            path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
            let shipped = RunningRole.shippedBundle
            try FileManager.default.copyItem(atPath: shipped, toPath: path)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func change(_ file: String, _ edit: (String) -> String) throws {
            let file = "\(path)/\(file)"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            try edit(text).write(toFile: file, atomically: true, encoding: .utf8)
        }
    }

    @Test(arguments: [
        ("gateway.rego", "allowed if {"), ("data.json", "{"),
        ("data.json", "{\"api_keys\": [{\"id\": \"x\", \"enabled\": true}]}"),
    ])
    func `a bundle that is broken leaves the old one in force`(
        file: String, text: String
    ) throws {
        let bundle = try BundleCopy()
        let gateway = try RunningGateway(bundle: bundle.path)
        try bundle.change(file) { _ in text }
        gateway.gateway.reload()
        #expect(try gateway.ask("/api/v1/status").status == 200)
        #expect(try gateway.ask("/api/v1/status", "").status == 401)
        let information = try Self.admin(gateway, "/server_info").text
        #expect(information.contains("\"policy_rejections\":1"))
        #expect(information.contains("\"policy_generation\":1"))
        #expect(information.contains("policy_last_error"))
    }

    @Test func `a new bundle is in force for the next request of a connection`() throws {
        let bundle = try BundleCopy()
        let gateway = try RunningGateway(bundle: bundle.path)
        let client = try gateway.connect()
        try client.send(Self.status + RunningGateway.admin + "\r\n")
        #expect(try client.readMessage().status == 200)
        try bundle.change("data.json") {
            $0.replacing("dev-api-key-change-in-production", with: "another-key-of-the-same-id")
        }
        gateway.gateway.reload()
        try client.send(Self.status + RunningGateway.admin + "\r\n")
        #expect(try client.readMessage().status == 401)
        try client.send(Self.status + "X-API-Key: another-key-of-the-same-id\r\n\r\n")
        #expect(try client.readMessage().status == 200)
    }

    @Test func `a limit that is used up stays so across a reload`() throws {
        let bundle = try BundleCopy()
        try bundle.change("data.json") {
            $0.replacing("\"requests_per_minute\": 60,", with: "\"requests_per_minute\": 1,")
        }
        let gateway = try RunningGateway(bundle: bundle.path)
        #expect(try gateway.ask("/api/v1/status", RunningGateway.user).status == 200)
        gateway.gateway.reload()
        #expect(try gateway.ask("/api/v1/status", RunningGateway.user).status == 429)
    }

    @Test func `draining ends idle connections and lets the others finish`() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try RunningGateway(upstream: upstream.port)
        let idle = try gateway.connect()
        try idle.send("GET /elsewhere HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try idle.readMessage()
        let busy = try gateway.connect()
        try busy.send("GET /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()

        gateway.drain()
        #expect(try idle.isAtEnd())
        idle.close()
        #expect(throws: (any Error).self) { try gateway.connect() }
        #expect(!gateway.hasEnded)
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast")
        let answer = try busy.readMessage()
        #expect(answer.text == "last")
        #expect(answer["connection"]?.lowercased() == "close")
        #expect(try busy.isAtEnd())
        busy.close()
        #expect(Self.comesTrue { gateway.hasEnded })
    }

    @Test func `the admin interface tells readiness and metrics`() throws {
        let gateway = try RunningGateway()
        #expect(try Self.admin(gateway, "/ready").text == "LIVE\n")
        #expect(try gateway.ask("/api/v1/status").status == 200)
        #expect(try gateway.ask("/api/v1/status", "").status == 401)
        let metrics = try Self.admin(gateway, "/stats/prometheus").text
        let label = "envoy_http_conn_manager_prefix=\"ingress_http\""
        let lines = metrics.split(separator: "\n").filter {
            $0.hasPrefix("envoy_http_downstream_rq_xx{") && $0.contains(label)
        }
        #expect(lines.contains { $0.contains("class=\"2\"") && $0.hasSuffix(" 1") })
        #expect(lines.contains { $0.contains("class=\"4\"") && $0.hasSuffix(" 1") })
        #expect(try Self.admin(gateway, "/nothing").status == 404)
    }

    @Test func `listeners drain when the admin interface is asked to`() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try RunningGateway(upstream: upstream.port)
        let idle = try gateway.connect()
        let busy = try gateway.connect()
        try busy.send("GET /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        for (fields, method, status) in [
            ("", "GET", 405), ("Origin: http://evil.example\r\n", "POST", 403),
            ("Sec-Fetch-Site: cross-site\r\n", "POST", 403),
        ] {
            #expect(
                try Self.admin(gateway, "/drain_listeners", method, fields).status == status)
        }
        #expect(try Self.admin(gateway, "/ready").status == 200)
        #expect(try Self.admin(gateway, "/drain_listeners", "POST").text == "OK\n")
        #expect(try Self.admin(gateway, "/ready").status == 503)
        #expect(try idle.isAtEnd())
        #expect(throws: (any Error).self) {
            try gateway.connect().send("GET / HTTP/1.1\r\n\r\n")
            _ = try gateway.connect().readMessage()
        }
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast")
        let answer = try busy.readMessage()
        #expect(answer.text == "last")
        #expect(answer["connection"]?.lowercased() == "close")
        #expect(try Self.admin(gateway, "/ready").text == "DRAINING\n")
    }

    @Test func `a reload that was asked for is handed out once`() throws {
        let gateway = try RunningGateway()
        #expect(!gateway.gateway.takeReloadRequest())
        #expect(try Self.admin(gateway, "/reload", "POST").text == "OK\n")
        #expect(gateway.gateway.takeReloadRequest())
        #expect(!gateway.gateway.takeReloadRequest())
        #expect(try Self.admin(gateway, "/reload").status == 405)
    }

    @Test func `the access log has a line for each request and no credential`() throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-access-\(UUID().uuidString).log").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        let gateway = try RunningGateway(settings: "  access_log: { path: \(file) }\n")
        #expect(try gateway.ask("/api/v1/status?api_key=secret").status == 200)
        #expect(try gateway.ask("/api/v1/status", "X-API-Key: guessed\r\n").status == 401)
        gateway.stop()
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let lines = try text.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
        #expect(lines.map { $0["status"] as? Int } == [200, 401])
        #expect(lines.map { $0["method"] as? String } == ["GET", "GET"])
        #expect(lines[0]["key_id"] as? String == "dev-key-1")
        for secret in ["dev-api-key", "guessed", "secret"] { #expect(!text.contains(secret)) }
    }

    // MARK: pieces

    private static func admin(
        _ gateway: RunningGateway, _ path: String, _ method: String = "GET", _ fields: String = ""
    ) throws -> Message {
        let client = try Peer(port: gateway.adminPort)
        try client.send(
            "\(method) \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(fields)\r\n")
        return try client.readMessage()
    }

    /// Asks again and again until it is so, or the time is over.
    private static func comesTrue(_ condition: () -> Bool) -> Bool {
        let deadline = Clock.monotonicNanoseconds + 20_000_000_000
        while Clock.monotonicNanoseconds < deadline {
            if condition() { return true }
            sched_yield()
        }
        return false
    }
}
