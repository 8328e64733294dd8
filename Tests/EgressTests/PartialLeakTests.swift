import Foundation
import LeakOracle
import Peers
import Testing

/// Ways to get a credential out of a service's answers in pieces or past the search.
struct PartialLeakTests {
    private static let secret = "planted-secret/+0123456789"
    private static let oracle = LeakOracle([("key", secret)])
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress

    init() throws {
        let upstream = try ScriptedUpstream()
        self.upstream = upstream
        let file = NSTemporaryDirectory() + "sluice-key-\(UUID().uuidString)"
        try Self.secret.write(toFile: file, atomically: true, encoding: .utf8)
        func service(_ name: String, _ more: String) -> String {
            """
            "\(name)": {
              "base_url": "http://127.0.0.1:\(upstream.port)",
              "allowed_methods": ["GET", "CONNECT"], "allow_websocket": true\(more)
            }
            """
        }
        let services = service("keyed", ", \"auth\": \"keyed\"") + "," + service("plain", "")
        egress = try RunningEgress(
            EgressBundle(upstream: upstream.port, services: services),
            settings: "  forward_proxy: true\n"
                + "  credentials:\n    keyed: { scheme: bearer, source: \"file:\(file)\" }\n")
    }

    private static let asked =
        "Range: bytes=0-9\r\nIf-Range: \"a\"\r\nAccept-Encoding: br\r\n"
        + "grpc-accept-encoding: gzip\r\n"

    @Test(arguments: ["keyed", "plain"])
    func `pieces and codings are asked for where no credential goes out only`(host: String) throws {
        let client = try egress.connect()
        try client.send(
            "GET /x HTTP/1.1\r\nHost: \(host)\r\nX-Sandbox-ID: sbx-all\r\n\(Self.asked)\r\n")
        let request = try upstream.accept().readMessage()
        let passed = host == "plain"
        #expect((request["range"] != nil) == passed)
        #expect((request["if-range"] != nil) == passed)
        #expect((request["grpc-accept-encoding"] != nil) == passed)
        #expect(request["accept-encoding"] == (passed ? "br" : "identity"))
    }

    @Test func `gRPC messages that may be compressed are refused`() throws {
        let client = try egress.connect()
        try client.send("GET /x HTTP/1.1\r\nHost: keyed\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\ngrpc-encoding: gzip\r\nContent-Length: 1\r\n\r\nx")
        #expect(try client.readMessage().status == 502)
    }

    @Test func `a WebSocket is searched, and not compressed`() throws {
        let client = try egress.connect()
        try client.send(
            "GET /x HTTP/1.1\r\nHost: keyed\r\nX-Sandbox-ID: sbx-all\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Key: abc\r\n"
                + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
        let server = try upstream.accept()
        let request = try server.readHead()
        #expect(request["upgrade"] == "websocket")
        #expect(request["authorization"] == "Bearer \(Self.secret)")
        #expect(request["sec-websocket-extensions"] == nil)
        try server.send("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        _ = try client.readHead()
        let text = "it is \(Self.secret)."
        try server.send([0x81, UInt8(text.utf8.count)] + Array(text.utf8))
        try client.fill { $0.count == text.utf8.count + 2 }
        #expect(Self.oracle.findings(in: client.received).isEmpty)
        #expect(String(decoding: client.received.suffix(1), as: UTF8.self) == ".")
    }

    @Test func `no credential goes into a tunnel`() throws {
        let client = try egress.connect()
        let user = Data("sbx-all:".utf8).base64EncodedString()
        try client.send(
            "CONNECT keyed:443 HTTP/1.1\r\nHost: keyed:443\r\nProxy-Authorization: Basic \(user)\r\n\r\n")
        let server = try upstream.accept()
        #expect(try client.readHead().status == 200)
        let inner = "GET / HTTP/1.1\r\nHost: keyed\r\nX-Sandbox-ID: sbx-all\r\n\r\n"
        try client.send(inner)
        try server.fill { $0.count >= inner.utf8.count }
        #expect(server.received == Array(inner.utf8))
    }
}
