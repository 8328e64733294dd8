import HTTP
import IO
import Peers
import Testing
import Transport

/// Upstreams that speak HTTP/2: known to, or agreed on by TLS.
struct H2UpstreamTests {
    private let upstream: ScriptedUpstream
    private let address: SocketAddress

    init() throws {
        upstream = try ScriptedUpstream()
        address = SocketAddress(ipv4: 0x7F00_0001, port: upstream.port)
    }

    private func relay(_ version: Upstream.Version = .http2) throws -> Relay {
        var place = Upstream(name: "test", addresses: [address])
        place.version = version
        return try Relay(to: place)
    }

    private func ask(_ method: String, _ path: String, of relay: Relay) throws -> Peer {
        let client = try relay.connect()
        let framing = method == "POST" ? "Content-Length: 4\r\n\r\nping" : "\r\n"
        try client.send("\(method) \(path) HTTP/1.1\r\nHost: a\r\n\(framing)")
        return client
    }

    // MARK: one connection

    @Test func `clients share one connection, and get their own answers`() throws {
        let relay = try relay()
        let paths = (0..<5).map { "/\($0)" }
        let clients = try paths.map { try ask($0 == "/3" ? "POST" : "GET", $0, of: relay) }
        let server = try H2Server(upstream.accept())
        for _ in paths {
            let request = try server.request()
            let path = request.head.split(separator: " ")[1]
            #expect(request.body == (path == "/3" ? "ping" : ""))
            try server.respond(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", body: String(path), to: request)
        }
        for (client, path) in zip(clients, paths) {
            #expect(try client.readMessage().text == path)
        }
        #expect(try upstream.isUntouched())
    }

    @Test func `no more streams are opened than the upstream allows`() throws {
        let relay = try relay()
        let first = try ask("GET", "/first", of: relay)
        var limits = H2Limits()
        limits.streamsMax = 1
        let server = try H2Server(upstream.accept(), limits: limits)
        try server.respond("HTTP/1.1 204 No Content\r\n\r\n", to: server.request())
        #expect(try first.readMessage().status == 204)
        let clients = try [ask("GET", "/1", of: relay), ask("GET", "/2", of: relay)]
        let other = try H2Server(upstream.accept())
        let requests = [try server.request(), try other.request()]
        try server.respond("HTTP/1.1 200 OK\r\n\r\n", to: requests[0])
        try other.respond("HTTP/1.1 200 OK\r\n\r\n", to: requests[1])
        for client in clients { #expect(try client.readHead().status == 200) }
    }

    // MARK: what was not looked at

    @Test(arguments: [true, false])
    func `a request that was not looked at is sent again, once`(byGoAway: Bool) throws {
        let relay = try relay()
        let client = try ask("GET", "/", of: relay)
        let server = try H2Server(upstream.accept())
        let request = try server.request()
        if byGoAway {
            try server.goAway(last: 0)
        } else {
            try server.reset(request, .refusedStream)
        }
        let next = byGoAway ? try H2Server(upstream.accept()) : server
        let again = try next.request()
        #expect(again.head == request.head)
        try next.reset(again, .refusedStream)
        #expect(try client.readMessage().status == 502)
        #expect(relay.outcomes.next()?.wasRetried == true)
    }

    @Test func `a request that may have been looked at is not sent again`() throws {
        let relay = try relay()
        let server: H2Server
        do {
            let client = try ask("GET", "/", of: relay)
            server = try H2Server(upstream.accept())
            try server.reset(server.request(), .internalError)
            #expect(try client.readMessage().status == 502)
        }
        let client = try ask("POST", "/", of: relay)
        try server.reset(server.request(), .refusedStream)
        #expect(try client.readMessage().status == 502)
    }

    @Test func `streams go on after the end of their connection is announced`() throws {
        let relay = try relay()
        let old = try ask("GET", "/old", of: relay)
        let server = try H2Server(upstream.accept())
        let request = try server.request()
        try server.goAway(last: 1)
        let new = try ask("GET", "/new", of: relay)
        let next = try H2Server(upstream.accept())
        try next.respond("HTTP/1.1 200 OK\r\n\r\n", to: next.request())
        #expect(try new.readHead().status == 200)
        try server.respond("HTTP/1.1 201 Created\r\n\r\n", to: request)
        #expect(try old.readHead().status == 201)
        while case .bytes = try server.peer.read() {}
    }

    // MARK: connecting

    @Test func `an address that refuses is replaced by the next`() throws {
        let dead = try ScriptedUpstream(address: 0x7F00_0002, port: upstream.port)
        dead.close()
        var place = Upstream(
            name: "test",
            addresses: [SocketAddress(ipv4: 0x7F00_0002, port: upstream.port), address])
        place.version = .http2
        let relay = try Relay(to: place)
        let clients = try (0..<3).map { try ask("GET", "/\($0)", of: relay) }
        let server = try H2Server(upstream.accept())
        for _ in clients { try server.respond("HTTP/1.1 200 OK\r\n\r\n", to: server.request()) }
        for client in clients { #expect(try client.readHead().status == 200) }
    }

    @Test func `addresses are used in turn`() throws {
        let other = try ScriptedUpstream(address: 0x7F00_0002, port: upstream.port)
        var place = Upstream(
            name: "test",
            addresses: [address, SocketAddress(ipv4: 0x7F00_0002, port: upstream.port)])
        place.version = .http2
        let relay = try Relay(to: place)
        var servers: [H2Server] = []
        for place in [other, upstream, other, upstream] {
            let client = try ask("GET", "/", of: relay)
            if servers.count < 2 { servers.append(try H2Server(place.accept())) }
            let server = servers[place === other ? 0 : 1]
            try server.respond("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", to: server.request())
            #expect(try client.readMessage().status == 200)
        }
    }

    @Test func `nobody is left waiting when the upstream cannot be reached`() throws {
        let relay = try relay()
        upstream.close()
        let clients = try (0..<3).map { try ask("GET", "/\($0)", of: relay) }
        for client in clients { #expect(try client.readMessage().status == 502) }
    }
}
