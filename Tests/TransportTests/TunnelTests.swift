import HTTP
import IO
import Peers
import Testing
import Transport

/// WebSocket and CONNECT: what starts a tunnel, what passes through it, and how it ends.
struct TunnelTests {
    private static let ask =
        "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\n"
        + "Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: abc\r\n\r\n"
    private static let agree =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: def\r\n\r\n"

    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        relay = try Relay(to: upstream, ForwardEverything.Options(allowsWebSocket: true))
    }

    /// Both ends of a tunnel.
    private func webSocket() throws -> (client: Peer, server: Peer) {
        let client = try relay.connect()
        try client.send(Self.ask)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(Self.agree)
        _ = try client.readHead()
        return (client, server)
    }

    private func expect(_ text: String, at peer: Peer) throws {
        try peer.fill { $0.count >= text.utf8.count }
        #expect(String(decoding: peer.received, as: UTF8.self) == text)
        peer.received = []
    }

    @Test func `a switch that the upstream agrees to opens both directions`() throws {
        let client = try relay.connect()
        // What comes early waits until the upstream has agreed.
        try client.send(Self.ask + "early")
        let server = try upstream.accept()
        let request = try server.readHead()
        #expect(request["upgrade"] == "websocket")
        #expect(request["connection"] == "Upgrade")
        #expect(request["sec-websocket-key"] == "abc")
        #expect(server.received.isEmpty)
        try server.send(Self.agree + "first")
        let response = try client.readHead()
        #expect(response.status == 101)
        #expect(response["upgrade"] == "websocket")
        #expect(response["connection"] == "Upgrade")
        #expect(response["sec-websocket-accept"] == "def")
        #expect(response["transfer-encoding"] == nil)
        try expect("first", at: client)
        try expect("early", at: server)
        try client.send("ping\r\n\r\n")
        try expect("ping\r\n\r\n", at: server)
        try server.send("HTTP/1.1 200 OK\r\n\r\n")
        try expect("HTTP/1.1 200 OK\r\n\r\n", at: client)
    }

    @Test func `after a refused switch the connection serves nobody else`() throws {
        let client = try relay.connect()
        try client.send(Self.ask + "GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n")
        #expect(try client.readMessage().status == 426)
        #expect(try server.isAtEnd())
        let next = try upstream.accept()
        #expect(try next.readMessage().startLine == "GET /next HTTP/1.1")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Content-Length: 0\r\n\r\n",
    ])
    func `no other switch is forwarded`(request: String) throws {
        let client = try relay.connect()
        try client.send(request)
        let server = try upstream.accept()
        let forwarded = try server.readMessage()
        #expect(forwarded["upgrade"] == nil)
        #expect(forwarded["connection"] == nil)
        try server.send(Self.agree)
        #expect(try client.readMessage().status == 502)
    }

    @Test(arguments: [
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    ])
    func `a switch to something else is not the client's`(response: String) throws {
        let client = try relay.connect()
        try client.send(Self.ask)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(response)
        #expect(try client.readMessage().status == 502)
        #expect(try server.isAtEnd())
    }

    @Test func `a route that does not allow it forwards no switch`() throws {
        let relay = try Relay(to: upstream)
        let client = try relay.connect()
        try client.send(Self.ask)
        #expect(try upstream.accept().readMessage()["upgrade"] == nil)
    }

    @Test func `each direction ends by itself`() throws {
        let (client, server) = try webSocket()
        client.finishWriting()
        #expect(try server.isAtEnd())
        try server.send("still here")
        try expect("still here", at: client)
        server.finishWriting()
        #expect(try client.isAtEnd())
        let outcome = relay.outcomes.next()
        #expect(outcome?.status == 101)
        #expect(outcome?.fault == nil)
        #expect(outcome?.contentBytesSent == 10)
    }

    @Test func `a connection that breaks breaks the other`() throws {
        let (client, server) = try webSocket()
        server.reset()
        #expect(try client.read() == .reset)
        #expect(relay.outcomes.next()?.fault == .upstreamClosed)
        let (other, peer) = try webSocket()
        other.reset()
        #expect(try peer.isAtEnd())
        #expect(relay.outcomes.next()?.fault == .clientClosed)
    }

    @Test func `a slow reader holds the writer back, and loses nothing`() throws {
        let (client, server) = try webSocket()
        let piece = [UInt8](repeating: 7, count: 1 << 20)
        var sent = 0
        // The sender stalls once what lies between is full: nothing is kept without a bound.
        while server.wait(for: Peer.canWrite, milliseconds: 300), sent < 256 << 20 {
            sent += server.sendSome(piece[...])
        }
        #expect(sent < 256 << 20)
        server.finishWriting()
        var received = 0
        while case .bytes(let bytes) = try client.read() { received += bytes.count }
        #expect(received == sent)
    }

    @Test func `a tunnel that nobody uses is closed`() throws {
        let relay = try Relay(
            to: upstream,
            ForwardEverything.Options(allowsWebSocket: true, idleNanoseconds: 300_000_000))
        let client = try relay.connect()
        try client.send(Self.ask)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(Self.agree)
        _ = try client.readHead()
        #expect(try client.isAtEnd())
        #expect(try server.isAtEnd())
        #expect(relay.outcomes.next()?.fault == .tunnelIdle)
    }

    @Test func `a silent tunnel does not outlive a drain`() throws {
        let (client, server) = try webSocket()
        relay.drain()
        #expect(try client.isAtEnd())
        #expect(try server.isAtEnd())
        #expect(relay.outcomes.next()?.fault == .tunnelIdle)
    }

    // MARK: CONNECT

    @Test func `CONNECT passes bytes once the upstream is connected`() throws {
        let relay = try Relay(to: upstream, ForwardEverything.Options(tunnelsConnect: true))
        let client = try relay.connect()
        try client.send("CONNECT any.test:443 HTTP/1.1\r\nHost: any.test:443\r\n\r\nhello")
        let server = try upstream.accept()
        let response = try client.readHead()
        #expect(response.startLine == "HTTP/1.1 200 OK")
        #expect(response["x-tunnel"] == "yes")
        #expect(response["transfer-encoding"] == nil && response["content-length"] == nil)
        try expect("hello", at: server)
        try server.send("welcome")
        try expect("welcome", at: client)
        server.close()
        #expect(try client.isAtEnd())
        client.close()
        let outcome = relay.outcomes.next()
        #expect(outcome?.status == 200)
        #expect(outcome?.contentBytesReceived == 5)
        #expect(outcome?.contentBytesSent == 7)
    }

    @Test func `CONNECT to what is not there is an answer`() throws {
        let relay = try Relay(to: upstream, ForwardEverything.Options(tunnelsConnect: true))
        upstream.close()
        let client = try relay.connect()
        try client.send("CONNECT any.test:443 HTTP/1.1\r\nHost: any.test:443\r\n\r\n")
        #expect(try client.readMessage().status == 502)
    }

    @Test func `CONNECT with content is refused`() throws {
        let relay = try Relay(to: upstream, ForwardEverything.Options(tunnelsConnect: true))
        let client = try relay.connect()
        try client.send(
            "CONNECT any.test:443 HTTP/1.1\r\nHost: any.test:443\r\nContent-Length: 5\r\n\r\nhello")
        #expect(try client.readMessage().status == 413)
        #expect(try upstream.isUntouched())
    }
}
