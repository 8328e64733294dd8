import HTTP
import Peers
import Testing
import Transport

/// WebSockets over streams of HTTP/2 (RFC 8441), to an upstream that speaks HTTP/1.1.
struct H2TunnelTests {
    private static let agree =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: def\r\nSec-WebSocket-Protocol: chat\r\n\r\n"

    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        relay = try Relay(to: upstream, ForwardEverything.Options(allowsWebSocket: true))
    }

    private func connect() throws -> FramePeer { try FramePeer(relay.connect()) }

    /// A client whose stream 1 is a WebSocket, and the upstream's end.
    private func webSocket() throws -> (client: FramePeer, server: Peer) {
        let client = try connect()
        try client.write(.headers, flags: 4, 1, FramePeer.webSocket())
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(Self.agree)
        _ = try client.read(.headers)
        return (client, server)
    }

    @Test func `extended CONNECT is announced`() throws {
        let settings = try connect().read(.settings)
        let pairs = stride(from: 0, to: settings.content.count, by: 6).map {
            Array(settings.content[$0..<($0 + 6)])
        }
        #expect(pairs.contains([0, 8, 0, 0, 0, 1]))
    }

    @Test func `a stream becomes a WebSocket, and both directions pass`() throws {
        let client = try connect()
        try client.write(.headers, flags: 4, 1, FramePeer.webSocket())
        // What comes early waits until the upstream has agreed.
        try client.write(.data, 1, Array("early".utf8))
        let server = try upstream.accept()
        let request = try server.readHead()
        #expect(request.startLine == "GET /chat?x HTTP/1.1")
        #expect(request["host"] == "a")
        #expect(request["upgrade"] == "websocket")
        #expect(request["connection"] == "Upgrade")
        #expect(request["sec-websocket-key"]?.utf8.count == 24)
        #expect(request["transfer-encoding"] == nil)
        #expect(server.received.isEmpty)
        try server.send(Self.agree + "first")
        let head = try client.read(.headers)
        // An indexed `:status: 200`, and no end of the stream.
        #expect(head.content.first == 0x88)
        #expect(head.flags & 1 == 0)
        let text = String(decoding: head.content, as: UTF8.self)
        #expect(!text.contains("upgrade"))
        #expect(try client.read(.data).content == Array("first".utf8))
        try server.fill { $0.count >= 5 }
        #expect(server.received == Array("early".utf8))
        server.received = []

        try client.write(.data, 1, Array("ping".utf8))
        try server.fill { $0.count >= 4 }
        #expect(server.received == Array("ping".utf8))
        try server.send("pong")
        #expect(try client.read(.data).content == Array("pong".utf8))
    }

    @Test func `each direction has its own end`() throws {
        let (client, server) = try webSocket()
        try client.write(.data, flags: 1, 1, Array("bye".utf8))
        try server.fill { $0.count >= 3 }
        server.received = []
        #expect(try server.isAtEnd())
        try server.send("after")
        #expect(try client.read(.data).content == Array("after".utf8))
        server.close()
        #expect(try client.read(.data).flags & 1 == 1)
        #expect(relay.outcomes.next()?.fault == nil)
    }

    @Test func `a stream that is reset ends its WebSocket, and no other stream`() throws {
        let (client, server) = try webSocket()
        try client.write(.reset, 1, [0, 0, 0, 8])
        #expect(try server.isAtEnd())
        try client.write(.headers, flags: 4, 3, FramePeer.webSocket())
        _ = try upstream.accept().readHead()
    }

    @Test func `an upstream's broken connection resets the stream`() throws {
        let (client, server) = try webSocket()
        server.reset()
        #expect(try client.read(.reset).stream == 1)
    }

    @Test func `a refusal is passed on`() throws {
        let client = try connect()
        try client.write(.headers, flags: 4, 1, FramePeer.webSocket())
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        // An indexed `:status: 404`.
        #expect(try client.read(.headers).content.first == 0x8D)
    }

    @Test func `a success that is no WebSocket is not taken for one`() throws {
        let client = try connect()
        try client.write(.headers, flags: 4, 1, FramePeer.webSocket())
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(try client.read(.headers).content.first != 0x88)
        #expect(relay.outcomes.next()?.status == 502)
    }

    @Test func `where no WebSocket is spoken it is refused`() throws {
        let relay = try Relay(to: upstream)
        let client = try FramePeer(relay.connect())
        try client.write(.headers, flags: 4, 1, FramePeer.webSocket())
        _ = try client.read(.headers)
        #expect(relay.outcomes.next()?.status == 501)
        #expect(try upstream.isUntouched())
    }

    @Test(arguments: [
        FramePeer.webSocket(protocol: "connect-udp"), FramePeer.webSocket(method: "GET"),
        FramePeer.webSocket(version: "8"),
    ])
    func `another protocol, or another method with one, is an error`(block: [UInt8]) throws {
        let client = try connect()
        try client.write(.headers, flags: 4, 1, block)
        #expect(try client.read(.reset).content == [0, 0, 0, 1])
        #expect(try upstream.isUntouched())
    }

    @Test func `a silent WebSocket ends after its time`() throws {
        let relay = try Relay(
            to: upstream, .init(allowsWebSocket: true, idleNanoseconds: 600_000_000),
            headerTimeoutNanoseconds: 100_000_000)
        let client = try FramePeer(relay.connect())
        try client.write(.headers, flags: 4, 1, FramePeer.webSocket())
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(Self.agree)
        _ = try client.read(.headers)
        #expect(try server.isAtEnd())
        #expect(relay.outcomes.next()?.fault == .tunnelIdle)
    }

    @Test func `a WebSocket ends soon when the relay drains`() throws {
        let (client, server) = try webSocket()
        relay.drain()
        #expect(try client.read(.goAway).content.prefix(8).elementsEqual([
            0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0,
        ]))
        #expect(try server.isAtEnd())
    }
}
