import HTTP
import IO
import Peers
import Testing
import Transport

/// Which connection to an upstream exchanges share, and what becomes of them when it does not want
/// them.
struct H2SharedConnectionTests {
    private let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    private func relay(_ addresses: [UInt32] = [0x7F00_0001]) throws -> Relay {
        var place = Upstream(
            name: "test",
            addresses: addresses.map { SocketAddress(ipv4: $0, port: upstream.port) })
        place.version = .http2
        return try Relay(to: place)
    }

    private func ask(
        _ method: String = "GET", _ path: String = "/", of relay: Relay
    ) throws -> Peer {
        let client = try relay.connect()
        let framing = method == "POST" ? "Content-Length: 4\r\n\r\nping" : "\r\n"
        try client.send("\(method) \(path) HTTP/1.1\r\nHost: a\r\n\(framing)")
        return client
    }

    /// The stream of the next request.
    private func next(_ server: H2Server) throws -> Int32 {
        let known = server.heads
        try server.readHeads(known.count + 1)
        return try #require(server.heads.keys.filter { known[$0] == nil }.min())
    }

    private func answer(_ status: Int, on stream: Int32, _ server: H2Server) throws {
        try server.respond(stream, "HTTP/1.1 \(status) X\r\nContent-Length: 0\r\n\r\n")
        try server.flush()
    }

    /// Says that no stream above `last` was looked at.
    private func goAway(last: UInt8, _ server: H2Server) throws {
        try server.peer.send([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, 0])
    }

    @Test func `clients that come before a connection is there share it`() throws {
        let relay = try relay()
        let clients = try (0..<5).map { try ask($0 == 3 ? "POST" : "GET", "/\($0)", of: relay) }
        let server = H2Server(try upstream.accept())
        try server.readHeads(5)
        let content = try #require(server.stream(of: "/3"))
        try server.readContent(of: content, count: 4)
        for number in 0..<5 {
            let stream = try #require(server.stream(of: "/\(number)"))
            try server.respond(stream, "HTTP/1.1 200 OK\r\n\r\n", body: "\(number)")
        }
        try server.flush()
        for (number, client) in clients.enumerated() {
            #expect(try client.readMessage().text == "\(number)")
        }
        #expect(try upstream.isUntouched())
    }

    // MARK: what was not looked at

    @Test(arguments: [true, false])
    func `a request that was not looked at is sent again, once`(byGoAway: Bool) throws {
        let relay = try relay()
        let client = try ask(of: relay)
        let server = H2Server(try upstream.accept())
        let stream = try next(server)
        if byGoAway {
            try server.flush()
            try goAway(last: 0, server)
        } else {
            server.reset(stream, .refusedStream)
            try server.flush()
        }
        let other = byGoAway ? H2Server(try upstream.accept()) : server
        let again = try next(other)
        #expect(other.heads[again] == server.heads[stream])
        other.reset(again, .refusedStream)
        try other.flush()
        #expect(try client.readMessage().status == 502)
        #expect(relay.outcomes.next()?.wasRetried == true)
    }

    @Test func `a request that may have been looked at is not sent again`() throws {
        let relay = try relay()
        let first = try ask(of: relay)
        let server = H2Server(try upstream.accept())
        server.reset(try next(server), .internalError)
        try server.flush()
        #expect(try first.readMessage().status == 502)
        // Nor is one with content when its connection is lost.
        let second = try ask("POST", of: relay)
        _ = try next(server)
        server.peer.close()
        #expect(try second.readMessage().status == 502)
        #expect(try upstream.isUntouched())
    }

    /// The upstream says of the stream that it has not looked at it. Who serves the next one.
    private func refuse(
        _ stream: Int32, byGoAway: Bool, _ server: H2Server
    ) throws -> H2Server {
        if byGoAway {
            try server.flush()
            try goAway(last: 0, server)
            return H2Server(try upstream.accept())
        }
        server.reset(stream, .refusedStream)
        try server.flush()
        return server
    }

    @Test(arguments: [true, false], [4, 16 << 10])
    func `content that was not looked at is sent again with its head`(
        byGoAway: Bool, count: Int
    ) throws {
        let relay = try relay()
        let client = try relay.connect()
        let content = String(repeating: "c", count: count)
        try client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n\(content)")
        let server = H2Server(try upstream.accept())
        let stream = try next(server)
        try server.readContent(of: stream, count: count)
        let other = try refuse(stream, byGoAway: byGoAway, server)
        let again = try next(other)
        try other.readContent(of: again, count: count)
        #expect(other.heads[again] == server.heads[stream])
        try answer(201, on: again, other)
        #expect(try client.readMessage().status == 201)
        #expect(other.contentCounts[again] == count)
    }

    @Test func `content that comes later follows what was sent again`() throws {
        let relay = try relay()
        let client = try relay.connect()
        try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nfour")
        let server = H2Server(try upstream.accept())
        let stream = try next(server)
        try server.readContent(of: stream, count: 4)
        let other = try refuse(stream, byGoAway: true, server)
        let again = try next(other)
        try other.readContent(of: again, count: 4)
        try client.send("more")
        try other.readContent(of: again, count: 8)
        try answer(200, on: again, other)
        #expect(try client.readMessage().status == 200)
    }

    @Test func `more content than is kept is not sent again`() throws {
        let relay = try relay()
        let client = try relay.connect()
        let content = String(repeating: "c", count: (16 << 10) + 1)
        try client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(content.count)\r\n\r\n\(content)")
        let server = H2Server(try upstream.accept())
        let stream = try next(server)
        try server.readContent(of: stream, count: content.count)
        server.reset(stream, .refusedStream)
        try server.flush()
        #expect(try client.readMessage().status == 502)
    }

    @Test func `streams go on after the end of their connection is announced`() throws {
        let relay = try relay()
        let old = try ask(of: relay)
        let server = H2Server(try upstream.accept())
        let stream = try next(server)
        try server.flush()
        try goAway(last: 1, server)
        let new = try ask(of: relay)
        let other = H2Server(try upstream.accept())
        try answer(200, on: next(other), other)
        #expect(try new.readMessage().status == 200)
        try answer(201, on: stream, server)
        #expect(try old.readMessage().status == 201)
        try server.readToEnd()
    }

    // MARK: addresses

    @Test func `an address that refuses is replaced by the next`() throws {
        let dead = try ScriptedUpstream(address: 0x7F00_0002, port: upstream.port)
        dead.close()
        // Its turn comes first.
        let relay = try relay([0x7F00_0001, 0x7F00_0002])
        let client = try ask(of: relay)
        let server = H2Server(try upstream.accept())
        try answer(200, on: next(server), server)
        #expect(try client.readMessage().status == 200)
    }

    @Test func `addresses are used in turn`() throws {
        let other = try ScriptedUpstream(address: 0x7F00_0002, port: upstream.port)
        let relay = try relay([0x7F00_0001, 0x7F00_0002])
        var servers: [H2Server] = []
        for round in 0..<4 {
            let client = try ask(of: relay)
            if round < 2 {
                servers.append(H2Server(try (round == 0 ? other : upstream).accept()))
            }
            try answer(200, on: next(servers[round % 2]), servers[round % 2])
            #expect(try client.readMessage().status == 200)
        }
    }

    @Test func `nobody is left waiting when the upstream cannot be reached`() throws {
        let relay = try relay()
        upstream.close()
        let clients = try (0..<3).map { _ in try ask(of: relay) }
        for client in clients { #expect(try client.readMessage().status == 502) }
    }
}
