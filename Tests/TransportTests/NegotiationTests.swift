import HTTP
import IO
import Peers
import Testing
import Transport

/// Client → relay with a TLS upstream → relay with a TLS listener → scripted upstream.
struct NegotiationTests {
    private let authority: TestAuthority
    private let upstream: ScriptedUpstream

    init() throws {
        authority = try TestAuthority()
        upstream = try ScriptedUpstream()
    }

    private func server(speaking protocols: [ApplicationProtocol]) throws -> TLSServer {
        let credential = try authority.issue(.init(names: "DNS:localhost"))
        var options = TLSServerContext.Options(identities: [.init(credential: credential)])
        options.protocols = protocols
        let keys = try TLSTicketKeys(rotationNanoseconds: 3_600_000_000_000)
        return TLSServer(try TLSServerContext(options, ticketKeys: keys))
    }

    private func front(to port: UInt16, _ version: Upstream.Version) throws -> Relay {
        var place = Upstream(
            name: "tls", addresses: [SocketAddress(ipv4: 0x7F00_0001, port: port)])
        let context = try TLSClientContext(authorities: .file(authority.certificateFile))
        place.tls = TLSUpstream(context: context, serverName: "localhost")
        place.version = version
        return try Relay(to: place)
    }

    @Test(arguments: [
        ([ApplicationProtocol.http2, .http11], Upstream.Version.negotiated, "http2"),
        ([.http11], .negotiated, "http11"),
        ([.http2, .http11], .http2, "http2"),
        ([.http2, .http11], .http1, "http11"),
    ])
    func `what both speak is spoken`(
        protocols: [ApplicationProtocol], version: Upstream.Version, expected: String
    ) throws {
        let back = try Relay(
            to: upstream, .init(tellsVersion: true), tls: server(speaking: protocols))
        let front = try front(to: back.port, version)
        for round in 0..<3 {
            let clients = try (0..<3).map { _ in try front.connect() }
            for client in clients {
                try client.send(
                    "POST /\(round) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                        + "Expect: 100-continue\r\n\r\n")
            }
            for client in clients {
                #expect(try client.readHead().status == 100)
                try client.send("ping")
            }
            for _ in clients {
                let server = try upstream.accept()
                let request = try server.readMessage()
                #expect(request.startLine == "POST /\(round) HTTP/1.1")
                #expect(request["x-version"] == expected)
                #expect(request.text == "ping")
                try server.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong")
            }
            for client in clients { #expect(try client.readMessage().text == "pong") }
        }
    }

    @Test func `an upstream that does not speak HTTP/2 as it should is a 502`() throws {
        let back = try Relay(to: upstream, tls: server(speaking: [.http11]))
        let front = try front(to: back.port, .http2)
        let clients = try (0..<3).map { _ in try front.connect() }
        for client in clients { try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
        for client in clients {
            let response = try client.readMessage()
            #expect(response.status == 502)
            #expect(response.text.hasPrefix("tlsFailed("))
        }
    }

    @Test func `who waits is served although another one leaves`() throws {
        let front = try front(to: upstream.port, .negotiated)
        let first = try front.connect()
        try first.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
        let silent = try upstream.accept()
        let second = try front.connect()
        try second.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
        // Once this is answered, what came before it was read.
        let third = try front.connect()
        try third.send("GET /3 HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")
        #expect(try third.readMessage().status == 400)
        #expect(front.outcomes.next()?.status == 400)
        first.reset()
        #expect(front.outcomes.next()?.fault == .clientClosed)
        silent.close()
        #expect(try second.readMessage().status == 502)
    }

    @Test func `a client that asked for HTTP/2 with TLS is held to it`() throws {
        let relay = try Relay(to: upstream, tls: server(speaking: [.http2, .http11]))
        let context = try TLSClientContext(authorities: .file(authority.certificateFile))
        let client = try TLSPeer(port: relay.port, speaking: [.http2], context)
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(throws: (any Error).self) { try client.read(until: "HTTP/1.1") }
        #expect(try upstream.isUntouched())
    }
}
