import HTTP
import IO
import Peers
import Testing
import Transport

/// An upstream that is a proxy itself: it gets targets as they came, and opens tunnels.
struct ProxyUpstreamTests {
    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        relay = try Relay(to: upstream, ForwardEverything.Options(isToProxy: true))
    }

    private func expect(_ text: String, at peer: Peer) throws {
        try peer.fill { $0.count >= text.utf8.count }
        #expect(String(decoding: peer.received, as: UTF8.self) == text)
        peer.received = []
    }

    @Test(arguments: [
        ("GET http://a.example:81/p//x?q=1&r HTTP/1.1", "a.example:81"),
        ("GET HTTPS://A.example HTTP/1.1", "A.example"),
        ("GET http://a.example? HTTP/1.1", "a.example"),
        ("GET /%2e/x? HTTP/1.1", "x"),
        ("OPTIONS * HTTP/1.1", "x"),
    ])
    func `a target arrives as it came, with the host that it names`(
        line: String, host: String
    ) throws {
        let client = try relay.connect()
        try client.send("\(line)\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        let request = try server.readMessage()
        #expect(request.startLine == line)
        #expect(request.values("host") == [host])
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(try client.readMessage().text == "ok")
    }

    @Test func `what it answers a CONNECT with opens the tunnel`() throws {
        let client = try relay.connect()
        try client.send("CONNECT a.example:443 HTTP/1.1\r\nHost: x\r\n\r\nearly")
        let server = try upstream.accept()
        let request = try server.readHead()
        #expect(request.startLine == "CONNECT a.example:443 HTTP/1.1")
        #expect(request["host"] == "a.example:443")
        #expect(server.received.isEmpty)
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nfirst")
        let response = try client.readHead()
        #expect(response.status == 200)
        #expect(response["content-length"] == nil)
        #expect(response["transfer-encoding"] == nil)
        #expect(response["upgrade"] == nil)
        try expect("first", at: client)
        try expect("early", at: server)
        try client.send("ping")
        try expect("ping", at: server)
        try server.send("HTTP/1.1 500 No\r\n\r\n")
        try expect("HTTP/1.1 500 No\r\n\r\n", at: client)
        client.finishWriting()
        #expect(try server.isAtEnd())
        server.finishWriting()
        #expect(try client.isAtEnd())
        #expect(relay.outcomes.next()?.status == 200)
    }

    @Test func `a tunnel that it refuses is an answer, and the connection serves nobody else`() throws {
        let client = try relay.connect()
        try client.send(
            "CONNECT a.example:443 HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        let refused = try client.readMessage()
        #expect(refused.status == 403)
        #expect(refused.text == "no")
        #expect(try server.isAtEnd())
        let next = try upstream.accept()
        #expect(try next.readMessage().startLine == "GET /next HTTP/1.1")
    }

    @Test func `a CONNECT goes to no other upstream`() throws {
        let plain = try Relay(to: upstream)
        let client = try plain.connect()
        try client.send("CONNECT a.example:443 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try client.readMessage().status >= 400)
    }
}
