import HTTP
import IO
import Peers
import Testing
import Transport

/// WebSockets to an upstream that speaks HTTP/2: over a stream if it takes them (RFC 8441).
struct H2UpstreamTunnelTests {
    private static let request =
        "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    private static let agree =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: theirs\r\nSec-WebSocket-Protocol: chat\r\n\r\n"

    private let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    private static func relay(to port: UInt16) throws -> Relay {
        let address = SocketAddress(ipv4: 0x7F00_0001, port: port)
        var place = Upstream(name: "test", addresses: [address])
        place.version = .http2
        return try Relay(to: place, .init(allowsWebSocket: true))
    }

    @Test func `a client with HTTP/1.1 is told the digest of its key`() throws {
        // Client → front → back, which takes WebSockets over streams → upstream with HTTP/1.1.
        let back = try Relay(to: upstream, .init(allowsWebSocket: true))
        let front = try Self.relay(to: back.port)
        for round in 0..<2 {
            let client = try front.connect()
            try client.send(Self.request + "early")
            let server = try upstream.accept()
            let opening = try server.readHead()
            #expect(opening.startLine == "GET /chat HTTP/1.1")
            #expect(opening["upgrade"] == "websocket")
            #expect(opening["sec-websocket-key"] != "dGhlIHNhbXBsZSBub25jZQ==")
            try server.send(Self.agree + "hello")
            let answer = try client.readHead()
            #expect(answer.status == 101)
            // The example of RFC 6455 §1.3.
            #expect(answer["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            #expect(answer["sec-websocket-protocol"] == "chat")
            #expect(answer["upgrade"] == "websocket")
            try server.fill { $0.elementsEqual("early".utf8) }
            try client.fill { $0.elementsEqual("hello".utf8) }
            let much = String(repeating: "x", count: 300_000)
            try client.send(much)
            try server.fill { $0.count == much.utf8.count + 5 }
            if round == 0 {
                client.finishWriting()
                #expect(try server.read() == .end)
                server.close()
                client.received = []
                #expect(try client.isAtEnd())
            }
        }
    }

    @Test func `a refusal reaches the client`() throws {
        let back = try Relay(to: upstream, .init(allowsWebSocket: true))
        let front = try Self.relay(to: back.port)
        let client = try front.connect()
        try client.send(Self.request)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        let answer = try client.readMessage()
        #expect(answer.status == 403)
        #expect(answer.text == "no")
    }

    @Test func `an upstream that takes none over streams gets one over HTTP/1.1`() throws {
        let front = try Self.relay(to: upstream.port)
        let client = try front.connect()
        try client.send(Self.request)
        let session = try upstream.accept()
        // Settings that allow nothing in particular.
        try session.send([0, 0, 0, 4, 0, 0, 0, 0, 0])
        let server = try upstream.accept()
        let opening = try server.readHead()
        #expect(opening["upgrade"] == "websocket")
        #expect(opening["sec-websocket-key"] == "dGhlIHNhbXBsZSBub25jZQ==")
        try server.send(Self.agree)
        #expect(try client.readHead()["sec-websocket-accept"] == "theirs")
    }

    @Test func `a connection that ends before it tells what it takes is a 502`() throws {
        let front = try Self.relay(to: upstream.port)
        let client = try front.connect()
        try client.send(Self.request)
        try upstream.accept().close()
        #expect(try client.readMessage().status == 502)
    }
}
