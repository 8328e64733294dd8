import HTTP
import IO
import Peers
import Testing
import Transport

/// Many exchanges of many clients on one connection to the upstream.
struct H2UpstreamTests {
    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        relay = try Relay(to: Self.place(upstream))
    }

    private static func place(_ upstream: ScriptedUpstream) -> Upstream {
        let address = SocketAddress(ipv4: 0x7F00_0001, port: upstream.port)
        var place = Upstream(name: "test", addresses: [address])
        place.version = .http2
        return place
    }

    private static func ask(_ target: String, _ relay: Relay) throws -> Peer {
        let client = try relay.connect()
        try client.send("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        return client
    }

    /// A client whose request `server` has read, with the number of its stream.
    private func ask(_ target: String, _ server: H2Server) throws -> (Peer, Int32) {
        let client = try Self.ask(target, relay)
        try server.readHeads(server.heads.count + 1)
        return (client, try #require(server.stream(of: target)))
    }

    /// Reads a request and answers it.
    private static func serve(_ target: String, _ server: H2Server, _ client: Peer) throws {
        try server.readHeads(server.heads.count + 1)
        let stream = try #require(server.stream(of: target))
        try server.respond(stream, "HTTP/1.1 204 No Content\r\n\r\n")
        try server.flush()
        #expect(try client.readMessage().status == 204)
    }

    @Test func `what one client sends never gets into another's answer`() throws {
        let sender = try relay.connect()
        let content = String(repeating: "A", count: 130_000)
        try sender.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: \(content.count)\r\n\r\n")
        try sender.send(String(content.prefix(70_000)))
        let server = H2Server(try upstream.accept())
        try server.readHeads(1)
        let reset = try #require(server.stream(of: "/a"))
        // All that its window allows: what the client sends from now on waits in its socket.
        try server.readContent(of: reset, count: 65_535)
        let (reader, answered) = try ask("/b", server)
        try sender.send(String(content.dropFirst(70_000)))
        let body = String(repeating: "B", count: 10_000)
        server.reset(reset, .internalError)
        try server.respond(answered, "HTTP/1.1 200 OK\r\n\r\n", body: body)
        try server.flush()
        #expect(try reader.readMessage().text == body)
        #expect(try sender.readMessage().status == 502)
    }

    @Test func `all that a lost connection may have served is asked again on a new one`() throws {
        let first = try Self.ask("/0", relay)
        let old = H2Server(try upstream.accept())
        try Self.serve("/0", old, first)
        let clients = try (1...4).map { try ask("/\($0)", old).0 }
        old.peer.close()
        let new = H2Server(try upstream.accept())
        try new.readHeads(4)
        for number in 1...4 {
            let stream = try #require(new.stream(of: "/\(number)"))
            try new.respond(stream, "HTTP/1.1 200 OK\r\n\r\n", body: "\(number)")
        }
        try new.flush()
        for (place, client) in clients.enumerated() {
            #expect(try client.readMessage().text == "\(place + 1)")
        }
    }

    @Test func `what an upstream's connection has no room for goes over another one`() throws {
        var limits = H2Limits()
        limits.streamsMax = 1
        let first = try Self.ask("/0", relay)
        let one = H2Server(try upstream.accept(), limits: limits)
        try Self.serve("/0", one, first)
        _ = try ask("/1", one)
        let client = try Self.ask("/2", relay)
        try Self.serve("/2", H2Server(try upstream.accept()), client)
    }

    @Test func `a connection that has carried enough ends when it is quiet`() throws {
        var place = Self.place(upstream)
        place.requestsPerConnectionMax = 2
        let relay = try Relay(to: place)
        let first = try Self.ask("/1", relay)
        let old = H2Server(try upstream.accept())
        try old.readHeads(1)
        let second = try Self.ask("/2", relay)
        try old.readHeads(2)
        let third = try Self.ask("/3", relay)
        try Self.serve("/3", H2Server(try upstream.accept()), third)
        for (target, client) in [("/1", first), ("/2", second)] {
            let stream = try #require(old.stream(of: target))
            try old.respond(stream, "HTTP/1.1 204 No Content\r\n\r\n")
            try old.flush()
            #expect(try client.readMessage().status == 204)
        }
        try old.readToEnd()
    }

    @Test func `a connection on which an upstream was silent takes no more requests`() throws {
        let relay = try Relay(
            to: Self.place(upstream), .init(idleNanoseconds: 300_000_000))
        let first = try Self.ask("/1", relay)
        let silent = H2Server(try upstream.accept())
        try silent.readHeads(1)
        #expect(try first.readMessage().status == 504)
        let second = try Self.ask("/2", relay)
        try Self.serve("/2", H2Server(try upstream.accept()), second)
    }

    @Test func `a head that no stream can carry is an error at once`() throws {
        var options = ListenerOptions()
        options.head.headBytesMax = 1 << 20
        let relay = try Relay(to: Self.place(upstream), options: options)
        let first = try Self.ask("/0", relay)
        let server = H2Server(try upstream.accept())
        try Self.serve("/0", server, first)
        let client = try relay.connect()
        let value = String(repeating: "v", count: 300_000)
        try client.send("GET /1 HTTP/1.1\r\nHost: a\r\nX: \(value)\r\n\r\n")
        #expect(try client.readMessage().status == 502)
    }
}
