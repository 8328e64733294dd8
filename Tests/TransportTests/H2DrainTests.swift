import HTTP
import Peers
import Testing
import Transport

/// The end of connections with HTTP/2 when the worker drains (RFC 9113 §6.8).
struct H2DrainTests {
    private let upstream: ScriptedUpstream
    private let relay: Relay

    /// HEADERS of stream 3 for `GET http://a/late`, which a client of its own would not send now.
    private static let lateRequest: [UInt8] =
        [0, 0, 12, 1, 5, 0, 0, 0, 3, 0x82, 0x86, 0x04, 5] + Array("/late".utf8)
        + [0x01, 1, 0x61]

    init() throws {
        upstream = try ScriptedUpstream()
        relay = try Relay(to: upstream)
    }

    @Test func `streams under way, and those on their way, are answered before the end`() throws {
        let client = try H2Client(port: relay.port)
        let early = try client.request("GET /early HTTP/1.1\r\nhost: a\r\n\r\n")
        let first = try upstream.accept()
        _ = try first.readMessage()
        relay.drain()
        // The first word has a client open no more streams, but takes those that are on their way.
        try client.readGoAway()
        #expect(client.goAway == .noError)
        #expect(client.goAwayLast == .max)
        try client.peer.send(Self.lateRequest)
        let second = try upstream.accept()
        #expect(try second.readMessage().startLine == "GET /late HTTP/1.1")
        try client.readGoAway(last: 3)
        try first.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly")
        #expect(try client.response(to: early).text == "early")
        try second.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
        #expect(relay.outcomes.next()?.status == 200)
        #expect(relay.outcomes.next()?.status == 200)
        while case .bytes = try client.peer.read() {}
    }

    @Test func `a connection without streams ends at once`() throws {
        let client = try H2Client(port: relay.port)
        let stream = try client.request("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try client.response(to: stream).status == 204)
        relay.drain()
        try client.readGoAway()
        while case .bytes = try client.peer.read() {}
        #expect(client.goAway == .noError)
    }
}
