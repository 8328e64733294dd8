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

    @Test func `an upstream that is not there is a 502`() throws {
        upstream.close()
        let client = try relay.connect()
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try client.readMessage().status == 502)
    }
}
