import Foundation
import LeakOracle
import Peers
import Testing

/// A service that says its credential again.
struct ScrubbingTests {
    private static let secret = "planted-secret/+0123456789"
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress

    init() throws {
        upstream = try ScriptedUpstream()
        let file = NSTemporaryDirectory() + "sluice-key-\(UUID().uuidString)"
        try Self.secret.write(toFile: file, atomically: true, encoding: .utf8)
        let service = """
            "keyed": {
              "base_url": "http://127.0.0.1:\(upstream.port)", "allowed_methods": ["GET"],
              "auth": "keyed", "allow_websocket": true
            }
            """
        egress = try RunningEgress(
            EgressBundle(upstream: upstream.port, services: service),
            settings: "  credentials:\n    keyed: { scheme: bearer, source: \"file:\(file)\" }\n")
    }

    /// Everything that a sandbox gets of an answer that is sent in these pieces.
    private func heard(_ pieces: [String], host: String = "keyed") throws -> String {
        let client = try egress.connect()
        try client.send(
            "GET /x HTTP/1.1\r\nHost: \(host)\r\nX-Sandbox-ID: sbx-all\r\nConnection: close\r\n"
                + "Accept-Encoding: gzip\r\n\r\n")
        let server = try upstream.accept()
        let request = try server.readMessage()
        #expect(request.values("accept-encoding") == [host == "keyed" ? "identity" : "gzip"])
        for piece in pieces { try server.send(piece) }
        server.close()
        var bytes: [UInt8] = []
        while case .bytes(let more) = try client.read() { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let oracle = LeakOracle([("key", secret)])

    private func expectNoLeak(
        _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            Self.oracle.findings(in: Array(text.utf8)).isEmpty, "\(text)",
            sourceLocation: sourceLocation)
    }

    @Test func `fields, content and trailers lose the credential and keep their length`() throws {
        let content = "before \(Self.secret) after"
        let text = try heard([
            "HTTP/1.1 200 OK\r\nX-Echo: Bearer \(Self.secret)\r\nContent-Length: \(content.utf8.count)\r\n\r\n",
            content,
        ])
        expectNoLeak(text)
        let stars = String(repeating: "*", count: Self.secret.utf8.count)
        #expect(text.hasSuffix("\r\n\r\nbefore \(stars) after"))
        #expect(text.contains("X-Echo: Bearer \(stars)\r\n"))
        let chunks = try heard([
            "HTTP/1.1 200 OK\r\nTrailer: X-Last\r\nTransfer-Encoding: chunked\r\n\r\n",
            "3\r\nabc\r\n0\r\nX-Last: \(Self.secret)\r\n\r\n",
        ])
        expectNoLeak(chunks)
        #expect(chunks.contains("X-Last: \(stars)"))
    }

    @Test func `an event stream loses it across events and chunks`() throws {
        let middle = Self.secret.index(Self.secret.startIndex, offsetBy: 9)
        func chunk(_ text: String) -> String {
            "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
        }
        let text = try heard([
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
            chunk("data: \(Self.secret[..<middle])"), chunk("\(Self.secret[middle...])\n\n"),
            chunk("data: {\"k\":\"planted-secret\\/+0123456789\"}\n\n"),
            chunk("data: \(Data(Self.secret.utf8).base64EncodedString())\n\n"), "0\r\n\r\n",
        ])
        expectNoLeak(text.replacingOccurrences(of: "\r\n", with: ""))
        expectNoLeak(text)
    }

    @Test func `an upgrade that the service does not agree to changes nothing about it`() throws {
        let client = try egress.connect()
        try client.send(
            "GET /x HTTP/1.1\r\nHost: keyed\r\nX-Sandbox-ID: sbx-all\r\n"
                + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        let server = try upstream.accept()
        #expect(try server.readMessage()["upgrade"] == "websocket")
        try server.send(
            "HTTP/1.1 200 OK\r\nContent-Length: \(Self.secret.utf8.count)\r\n\r\n\(Self.secret)")
        expectNoLeak(try client.readMessage().text)
    }

    @Test func `an answer that is compressed all the same is 502`() throws {
        let text = try heard(["HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"])
        #expect(text.hasPrefix("HTTP/1.1 502 "))
        #expect(text.contains(#""code":"upstream_compressed""#))
    }

    @Test func `what was covered is counted`() throws {
        _ = try heard(["HTTP/1.1 200 OK\r\nX-A: \(Self.secret)\r\nContent-Length: 0\r\n\r\n"])
        let admin = try Peer(port: egress.adminPort)
        try admin.send("GET /stats/prometheus HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try admin.readMessage().text.contains("sluice_secrets_covered_total 1\n"))
    }

    @Test func `a service that was given nothing is not looked at`() throws {
        let text = try heard(
            ["HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"],
            host: "echo")
        #expect(text.hasSuffix("abc"))
    }
}
