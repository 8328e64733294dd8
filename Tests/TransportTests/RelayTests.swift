import Peers
import Testing

struct RelayTests {
    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        relay = try Relay(to: upstream)
    }

    @Test func `content passes both ways while the connections stay`() throws {
        let client = try relay.connect()
        var server: Peer?
        for round in 0..<3 {
            try client.send("POST /a?b=\(round) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping")
            let peer = try server ?? upstream.accept()
            server = peer
            let request = try peer.readMessage()
            #expect(request.startLine.hasPrefix("POST /a"))
            #expect(request.text == "ping")
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong")
            let response = try client.readMessage()
            #expect(response.status == 200)
            #expect(response.text == "pong")
        }
    }

    @Test func `who calls and from where is not said in trailers`() throws {
        let client = try relay.connect()
        try client.send(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Check: 1\r\n"
                + "X-Sandbox-Tier: admin\r\nX_Sandbox_Tier: admin\r\nX-Authz-Role: admin\r\n"
                + "X-Real-IP: 1.2.3.4\r\nProxy-User: a\r\nX-HTTP-Method-Override: PUT\r\n\r\n")
        let server = try upstream.accept()
        try server.fill { $0.suffix(4).elementsEqual("\r\n\r\n".utf8) && $0.contains(0x30) }
        let text = String(decoding: server.received, as: UTF8.self)
        #expect(text.hasSuffix("0\r\nX-Check: 1\r\n\r\n"))
    }

    @Test func `an upstream that is not there is a 502`() throws {
        upstream.close()
        let client = try relay.connect()
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try client.readMessage().status == 502)
    }
}
