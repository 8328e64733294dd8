import HTTP
import IO
import Peers
import Testing
import Transport

/// Content that a decision waits for, up to the most that one may ask for.
struct GatheringTests {
    private static let content = String(repeating: "0123456789", count: 100_000)

    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        relay = try Relay(to: upstream, .init(gatherBytes: 1 << 20))
    }

    @Test func `many chunks go on as they came`() throws {
        let client = try relay.connect()
        try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        let piece = Self.content.prefix(4_000)
        for _ in 0..<250 { try client.send("fa0\r\n\(piece)\r\n") }
        try client.send("0\r\n\r\n")
        #expect(try upstream.accept().readMessage().text == Self.content)
    }

    @Test func `a stream's content goes on as it came`() throws {
        let client = try H2Client(port: relay.port)
        let stream = try client.request("POST / HTTP/1.1\r\nhost: a\r\n\r\n", body: Self.content)
        while !client.connection.pending(stream).isEmpty { try client.pumpOnce() }
        #expect(try upstream.accept().readMessage().text == Self.content)
    }

    @Test func `decisions wait for no more content than there is memory for`() throws {
        let address = SocketAddress(ipv4: 0x7F00_0001, port: upstream.port)
        let relay = try Relay(
            to: Upstream(name: "test", addresses: [address]), .init(gatherBytes: 1 << 20),
            bufferedBytesMax: 100_000)
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n"
        let first = try relay.connect()
        try first.send(head + Self.content.prefix(150_000))
        // Its answer tells that what came before it was read.
        let other = try relay.connect()
        try other.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try other.readMessage().status == 204)
        try other.send(head + Self.content.prefix(1_000))
        #expect(try other.readMessage().status == 503)
        try first.send(String(Self.content.prefix(50_000)))
        #expect(try server.readMessage().text.utf8.count == 200_000)
    }
}
