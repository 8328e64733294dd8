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

    private struct Frame {
        let kind: UInt8
        let flags: UInt8
        let stream: UInt8
        let content: [UInt8]
    }

    private enum Kind: UInt8 { case data, headers, reset = 3, settings, goAway = 7 }

    private func write(
        _ kind: Kind, flags: UInt8 = 0, _ stream: UInt8, _ content: [UInt8], to client: Peer
    ) throws {
        let size = [0, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        try client.send(size + [kind.rawValue, flags, 0, 0, 0, stream] + content)
    }

    /// The next frame of that kind.
    private func read(_ kind: Kind, from client: Peer) throws -> Frame {
        while true {
            try client.fill { $0.count >= 9 }
            let size = Int(client.received[1]) << 8 | Int(client.received[2])
            try client.fill { $0.count >= 9 + size }
            let bytes = Array(client.received[..<(9 + size)])
            client.received.removeFirst(9 + size)
            let frame = Frame(
                kind: bytes[3], flags: bytes[4], stream: bytes[8], content: Array(bytes[9...]))
            if frame.kind == kind.rawValue { return frame }
        }
    }

    private static func literal(_ name: String, _ value: String) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + name.utf8 + [UInt8(value.utf8.count)] + value.utf8
    }

    private static func head(
        method: String = "CONNECT", protocol spoken: String? = "websocket", version: String = "13"
    ) -> [UInt8] {
        literal(":method", method) + (spoken.map { literal(":protocol", $0) } ?? [])
            + literal(":scheme", "http") + literal(":path", "/chat?x")
            + literal(":authority", "a") + literal("sec-websocket-version", version)
            + literal("sec-websocket-protocol", "chat")
    }

    private func connect() throws -> Peer {
        let client = try relay.connect()
        try client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        try write(.settings, 0, [], to: client)
        return client
    }

    /// A client whose stream 1 is a WebSocket, and the upstream's end.
    private func webSocket() throws -> (client: Peer, server: Peer) {
        let client = try connect()
        try write(.headers, flags: 4, 1, Self.head(), to: client)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(Self.agree)
        _ = try read(.headers, from: client)
        return (client, server)
    }

    @Test func `extended CONNECT is announced`() throws {
        let settings = try read(.settings, from: try connect())
        let pairs = stride(from: 0, to: settings.content.count, by: 6).map {
            Array(settings.content[$0..<($0 + 6)])
        }
        #expect(pairs.contains([0, 8, 0, 0, 0, 1]))
    }

    @Test func `a stream becomes a WebSocket, and both directions pass`() throws {
        let client = try connect()
        try write(.headers, flags: 4, 1, Self.head(), to: client)
        // What comes early waits until the upstream has agreed.
        try write(.data, 1, Array("early".utf8), to: client)
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
        let head = try read(.headers, from: client)
        // An indexed `:status: 200`, and no end of the stream.
        #expect(head.content.first == 0x88)
        #expect(head.flags & 1 == 0)
        let text = String(decoding: head.content, as: UTF8.self)
        #expect(!text.contains("upgrade"))
        #expect(try read(.data, from: client).content == Array("first".utf8))
        try server.fill { $0.count >= 5 }
        #expect(server.received == Array("early".utf8))
        server.received = []

        try write(.data, 1, Array("ping".utf8), to: client)
        try server.fill { $0.count >= 4 }
        #expect(server.received == Array("ping".utf8))
        try server.send("pong")
        #expect(try read(.data, from: client).content == Array("pong".utf8))
    }

    @Test func `each direction has its own end`() throws {
        let (client, server) = try webSocket()
        try write(.data, flags: 1, 1, Array("bye".utf8), to: client)
        try server.fill { $0.count >= 3 }
        server.received = []
        #expect(try server.isAtEnd())
        try server.send("after")
        #expect(try read(.data, from: client).content == Array("after".utf8))
        server.close()
        #expect(try read(.data, from: client).flags & 1 == 1)
        #expect(relay.outcomes.next()?.fault == nil)
    }

    @Test func `a stream that is reset ends its WebSocket, and no other stream`() throws {
        let (client, server) = try webSocket()
        try write(.reset, 1, [0, 0, 0, 8], to: client)
        #expect(try server.isAtEnd())
        try write(.headers, flags: 4, 3, Self.head(), to: client)
        _ = try upstream.accept().readHead()
    }

    @Test func `an upstream's broken connection resets the stream`() throws {
        let (client, server) = try webSocket()
        server.reset()
        #expect(try read(.reset, from: client).stream == 1)
    }

    @Test func `a refusal is passed on`() throws {
        let client = try connect()
        try write(.headers, flags: 4, 1, Self.head(), to: client)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        // An indexed `:status: 404`.
        #expect(try read(.headers, from: client).content.first == 0x8D)
    }

    @Test func `a success that is no WebSocket is not taken for one`() throws {
        let client = try connect()
        try write(.headers, flags: 4, 1, Self.head(), to: client)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(try read(.headers, from: client).content.first != 0x88)
        #expect(relay.outcomes.next()?.status == 502)
    }

    @Test func `where no WebSocket is spoken it is refused`() throws {
        let relay = try Relay(to: upstream)
        let client = try relay.connect()
        try client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        try write(.settings, 0, [], to: client)
        try write(.headers, flags: 4, 1, Self.head(), to: client)
        _ = try read(.headers, from: client)
        #expect(relay.outcomes.next()?.status == 501)
        #expect(try upstream.isUntouched())
    }

    @Test(arguments: [
        head(protocol: "connect-udp"), head(method: "GET"), head(version: "8"),
    ])
    func `another protocol, or another method with one, is an error`(block: [UInt8]) throws {
        let client = try connect()
        try write(.headers, flags: 4, 1, block, to: client)
        #expect(try read(.reset, from: client).content == [0, 0, 0, 1])
        #expect(try upstream.isUntouched())
    }

    @Test func `a silent WebSocket ends after its time`() throws {
        let relay = try Relay(
            to: upstream, .init(allowsWebSocket: true, idleNanoseconds: 600_000_000),
            headerTimeoutNanoseconds: 100_000_000)
        let client = try relay.connect()
        try client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        try write(.settings, 0, [], to: client)
        try write(.headers, flags: 4, 1, Self.head(), to: client)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(Self.agree)
        _ = try read(.headers, from: client)
        #expect(try server.isAtEnd())
        #expect(relay.outcomes.next()?.fault == .tunnelIdle)
    }

    @Test func `a WebSocket ends soon when the relay drains`() throws {
        let (client, server) = try webSocket()
        relay.drain()
        #expect(try read(.goAway, from: client).content.prefix(8).elementsEqual([
            0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0,
        ]))
        #expect(try server.isAtEnd())
    }
}
