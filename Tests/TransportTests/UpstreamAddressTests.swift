import Glibc
import IO
import Peers
import Testing
import Transport

/// Which addresses connections go to, and what becomes of those to addresses that are gone.
struct UpstreamAddressTests {
    private static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    private static func address(_ port: UInt16) -> SocketAddress {
        SocketAddress(ipv4: 0x7F00_0001, port: port)
    }

    private func exchange(_ client: Peer, _ server: Peer) throws {
        try client.send(Self.request)
        _ = try server.readMessage()
        try server.send(Self.response)
        #expect(try client.readMessage().status == 200)
    }

    @Test(arguments: [
        (ResolutionFailure.pending, 503), (.timeout, 504), (.notFound, 502),
        (.addressRefused, 502), (.serverFailed, 502), (.noAddress, 502),
    ])
    func `a name without an address is an answer at once`(
        failure: ResolutionFailure, status: Int
    ) throws {
        let resolution = Resolution(host: "name.test", port: 80, ResolvedAddresses(failure))
        let relay = try Relay(to: Upstream(name: "test", resolution: resolution))
        let client = try relay.connect()
        try client.send(Self.request)
        #expect(try client.readMessage().status == status)
    }

    @Test func `connections follow the name, and leave the address that is gone`() throws {
        let first = try ScriptedUpstream()
        let second = try ScriptedUpstream()
        let resolution = Resolution(
            host: "name.test", port: 80, ResolvedAddresses([Self.address(first.port)]))
        let relay = try Relay(to: Upstream(name: "test", resolution: resolution))
        let client = try relay.connect()
        let idle = try relay.connect()
        try client.send(Self.request)
        let old = try first.accept()
        _ = try old.readMessage()
        // Another one, which is free when the name moves.
        try idle.send(Self.request)
        let free = try first.accept()
        _ = try free.readMessage()
        try free.send(Self.response)
        #expect(try idle.readMessage().status == 200)

        resolution.publish(ResolvedAddresses([Self.address(second.port)]))
        try idle.send(Self.request)
        let new = try second.accept()
        _ = try new.readMessage()
        try new.send(Self.response)
        #expect(try idle.readMessage().status == 200)
        #expect(try free.isAtEnd())

        // What was under way ends as if nothing had happened, and its connection with it.
        try old.send(Self.response)
        #expect(try client.readMessage().status == 200)
        #expect(try old.isAtEnd())
        try exchange(client, new)
        #expect(try first.isUntouched())
    }

    @Test func `an address that refuses is passed over for the next, within the request`() throws {
        let closed = try ScriptedUpstream()
        closed.close()
        let open = try ScriptedUpstream()
        let relay = try Relay(
            to: Upstream(
                name: "test",
                addresses: [Self.address(closed.port), Self.address(open.port)]))
        for _ in 0..<4 {
            let client = try relay.connect()
            try client.send(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping")
            let server = try open.accept()
            #expect(try server.readMessage().text == "ping")
            try server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            #expect(try client.readMessage().status == 200)
        }
    }

    @Test func `an address that is silent does not keep a request from the next`() throws {
        let silent = try SilentUpstream()
        let open = try ScriptedUpstream()
        var upstream = Upstream(
            name: "test", addresses: [Self.address(silent.port), Self.address(open.port)])
        upstream.connectTimeoutNanoseconds = 15_000_000_000
        let relay = try Relay(to: upstream)
        let clients = try (0..<4).map { _ in try relay.connect() }
        for client in clients {
            try client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping")
            let server = try open.accept()
            #expect(try server.readMessage().text == "ping")
            try server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            #expect(try client.readMessage().status == 200)
        }
    }

    @Test func `a name whose addresses are all silent is a timeout`() throws {
        let silent = try (0..<2).map { _ in try SilentUpstream() }
        var upstream = Upstream(name: "test", addresses: silent.map { Self.address($0.port) })
        upstream.connectTimeoutNanoseconds = 600_000_000
        let relay = try Relay(to: upstream)
        let client = try relay.connect()
        try client.send(Self.request)
        #expect(try client.readMessage().status == 504)
    }

    @Test func `requests past the most there may be at a time are refused`() throws {
        let server = try ScriptedUpstream()
        var upstream = Upstream(name: "test", addresses: [Self.address(server.port)])
        upstream.requestsMax = 2
        let relay = try Relay(to: upstream)
        let clients = try (0..<3).map { _ in try relay.connect() }
        var peers: [Peer] = []
        for client in clients.prefix(2) {
            try client.send(Self.request)
            peers.append(try server.accept())
        }
        try clients[2].send(Self.request)
        #expect(try clients[2].readMessage().status == 503)
        _ = try peers[0].readMessage()
        try peers[0].send(Self.response)
        #expect(try clients[0].readMessage().status == 200)
        try exchange(clients[2], peers[0])
    }

    /// An upstream of two addresses, the second of which is asked first.
    private static func pair(_ ports: [UInt16]) throws -> Relay {
        var place = Upstream(name: "test", addresses: ports.map { address($0) })
        place.version = .http2
        return try Relay(to: place)
    }

    private func expectOneConnection(
        to upstream: ScriptedUpstream, beside other: UInt16
    ) throws {
        let relay = try Self.pair([other, upstream.port])
        let clients = try (0..<4).map { number in
            let client = try relay.connect()
            try client.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
            return client
        }
        let server = H2Server(try upstream.accept())
        try server.readHeads(4)
        for number in 0..<4 {
            let stream = try #require(server.stream(of: "/\(number)"))
            try server.respond(stream, "HTTP/1.1 204 No Content\r\n\r\n")
        }
        try server.flush()
        for client in clients { #expect(try client.readMessage().status == 204) }
        #expect(try upstream.isUntouched())
    }

    @Test func `an address that refuses does not cost a second HTTP/2 connection`() throws {
        let closed = try ScriptedUpstream()
        let port = closed.port
        closed.close()
        try expectOneConnection(to: try ScriptedUpstream(), beside: port)
    }

    @Test func `an address that is silent does not cost a second HTTP/2 connection`() throws {
        let silent = try SilentUpstream()
        try expectOneConnection(to: try ScriptedUpstream(), beside: silent.port)
        withExtendedLifetime(silent) {}
    }
}
