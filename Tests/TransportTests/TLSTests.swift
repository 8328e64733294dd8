import IO
import Peers
import Testing
import Transport

/// Client → relay with a TLS upstream → relay with a TLS listener → scripted upstream.
struct TLSTests {
    private let authority: TestAuthority
    private let stranger: TestAuthority
    private let upstream: ScriptedUpstream

    init() throws {
        authority = try TestAuthority()
        stranger = try TestAuthority(name: "stranger")
        upstream = try ScriptedUpstream()
    }

    private func server(_ credential: TLSCredential) throws -> TLSServer {
        let options = TLSServerContext.Options(identities: [.init(credential: credential)])
        let keys = try TLSTicketKeys(rotationNanoseconds: 3_600_000_000_000)
        return TLSServer(try TLSServerContext(options, ticketKeys: keys))
    }

    private func relay(to port: UInt16, named name: String = "localhost") throws -> Relay {
        var upstream = Upstream(
            name: "tls", addresses: [SocketAddress(ipv4: 0x7F00_0001, port: port)])
        let context = try TLSClientContext(authorities: .file(authority.certificateFile))
        upstream.tls = TLSUpstream(context: context, serverName: name)
        return try Relay(to: upstream)
    }

    @Test(arguments: ["localhost", "127.0.0.1", "a.wild.test"])
    func `requests pass through a verified connection that stays`(name: String) throws {
        let names = "DNS:localhost,DNS:*.wild.test,IP:127.0.0.1"
        let back = try Relay(
            to: upstream, tls: server(authority.issue(.init(names: names))))
        let front = try relay(to: back.port, named: name)
        let client = try front.connect()
        var server: Peer?
        for round in 0..<3 {
            try client.send(
                "POST /\(round) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nping")
            let peer = try server ?? upstream.accept()
            server = peer
            let request = try peer.readMessage()
            #expect(request.startLine == "POST /\(round) HTTP/1.1")
            #expect(request.text == "ping")
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong")
            #expect(try client.readMessage().text == "pong")
        }
    }

    enum Flaw: String, CaseIterable {
        case expired = "certificate has expired"
        case notYetValid = "certificate is not yet valid"
        case wrongHost = "hostname mismatch"
        case partialWildcard = "hostname mismatch "
        case untrusted = "unable to get local issuer certificate"
        case selfSigned = "self-signed certificate"
    }

    private func credential(with flaw: Flaw) throws -> TLSCredential {
        var subject = TestAuthority.Subject(names: "DNS:localhost")
        switch flaw {
        case .expired: subject.validUntil = -60
        case .notYetValid: subject.validFrom = 600
        case .wrongHost: subject.names = "DNS:localhost.test,IP:127.0.0.1"
        case .partialWildcard: subject.names = "DNS:local*,DNS:*"
        case .untrusted: return try stranger.issue(subject)
        case .selfSigned: return try authority.issueSelfSigned(subject)
        }
        return try authority.issue(subject)
    }

    @Test(arguments: Flaw.allCases)
    func `an upstream that is not who it should be is a 502`(flaw: Flaw) throws {
        let back = try Relay(to: upstream, tls: server(credential(with: flaw)))
        let front = try relay(to: back.port)
        let client = try front.connect()
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let response = try client.readMessage()
        #expect(response.status == 502)
        let reason = flaw.rawValue.split(separator: " ").joined(separator: " ")
        #expect(response.text == "tlsFailed(\(reason))")
        #expect(try upstream.isUntouched())
    }

    @Test func `an upstream that does not speak TLS is a 502`() throws {
        let front = try relay(to: upstream.port)
        let client = try front.connect()
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let response = try client.readMessage()
        #expect(response.status == 502)
        #expect(response.text.hasPrefix("tlsFailed("))
    }

    @Test func `connections go on and new ones begin while certificates are exchanged`() throws {
        let server = try server(authority.issue(.init(names: "DNS:localhost")))
        let back = try Relay(to: upstream, tls: server)
        let context = try TLSClientContext(authorities: .file(authority.certificateFile))
        let old = try TLSPeer(port: back.port, context)
        let replacement = try authority.issue(.init(names: "DNS:localhost,DNS:new.test"))
        for round in 0..<200 {
            if round == 100 {
                server.replace(with: try self.server(replacement).current)
            }
            _ = try TLSPeer(port: back.port, to: round < 100 ? "localhost" : "new.test", context)
        }
        try old.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let peer = try upstream.accept()
        _ = try peer.readMessage()
        try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong")
        #expect(try old.read(until: "pong").hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test func `who got an answer can go on from its session, each time anew`() throws {
        let server = try server(authority.issue(.init(names: "DNS:localhost")))
        let relay = try Relay(to: upstream, tls: server)
        let context = try TLSClientContext(authorities: .file(authority.certificateFile))
        let cache = TLSSessionCache()
        for round in 0..<4 {
            let client = try TLSPeer(port: relay.port, context, cache: cache)
            #expect(client.session.isResumed == (round > 0))
            try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let peer = try upstream.accept()
            _ = try peer.readMessage()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong")
            #expect(try client.read(until: "pong").hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(cache.count == 1)
        }
    }

    @Test(arguments: [0, 1, 5, 100])
    func `a handshake that stops is given up`(count: Int) throws {
        var options = ListenerOptions()
        options.headerTimeoutNanoseconds = 1
        let credential = try authority.issue(.init(names: "DNS:localhost"))
        let address = SocketAddress(ipv4: 0x7F00_0001, port: upstream.port)
        let back = try Relay(
            to: Upstream(name: "test", addresses: [address]), options: options,
            tls: server(credential))
        let client = try back.connect()
        // The start of a record that says it has 512 bytes.
        let start: [UInt8] = [0x16, 3, 1, 2, 0] + [UInt8](repeating: 1, count: 100)
        try client.send(Array(start.prefix(count)))
        #expect(try client.isAtEnd())
    }

    @Test func `an upstream's answer that TLS cuts is not complete`() throws {
        let server = try server(authority.issue(.init(names: "DNS:localhost")))
        let back = try Relay(to: upstream, tls: server)
        let front = try relay(to: back.port)
        let client = try front.connect()
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let peer = try upstream.accept()
        _ = try peer.readMessage()
        try peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf")
        var head = try client.readHead()
        try client.fill { $0.contains(UInt8(ascii: "h")) }
        // The relay behind resets its client, so the TLS stream ends without its announcement.
        peer.reset()
        try client.readBody(of: &head)
        #expect(!head.isComplete)
    }

    @Test(arguments: [1, 300, 16_384, 65_536, 10 << 20])
    func `content of any size passes both ways`(count: Int) throws {
        let back = try Relay(
            to: upstream, tls: server(authority.issue(.init(names: "DNS:localhost"))))
        let front = try relay(to: back.port)
        let client = try front.connect()
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
        let exchange = Exchange(client: client, content: content)
        try exchange.run(upstream)
        #expect(exchange.request?.body == content)
        #expect(exchange.response?.body == content)
    }
}

/// A POST whose content comes back: each side writes while it reads.
private final class Exchange {
    private let client: Peer
    private let content: [UInt8]
    private(set) var request: Message?
    private(set) var response: Message?

    init(client: Peer, content: [UInt8]) {
        self.client = client
        self.content = content
    }

    func run(_ upstream: ScriptedUpstream) throws {
        try client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(content.count)\r\n\r\n")
        let server = try upstream.accept()
        var head = try server.readHead()
        try move(from: client, to: server)
        try server.readBody(of: &head)
        request = head
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: \(content.count)\r\n\r\n")
        var answer = try client.readHead()
        try move(from: server, to: client)
        try client.readBody(of: &answer)
        response = answer
    }

    /// Writes all of the content, and reads whatever makes room for the rest.
    private func move(from sender: Peer, to receiver: Peer) throws {
        var rest = content[...]
        while !rest.isEmpty {
            let count = sender.sendSome(rest)
            guard count >= 0 else { throw Peer.Failure.broken }
            rest = rest.dropFirst(count)
            if count == 0, case .bytes(let bytes)? = try receiver.readIfThere(milliseconds: 20) {
                receiver.received += bytes
            }
        }
    }
}
