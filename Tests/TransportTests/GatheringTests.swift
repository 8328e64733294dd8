import HTTP
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
}
