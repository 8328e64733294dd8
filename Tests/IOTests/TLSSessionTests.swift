import IO
import Peers
import Testing

struct TLSSessionTests {
    private let authority: TestAuthority
    private let keys: TLSTicketKeys
    private let cache = TLSSessionCache()

    init() throws {
        authority = try TestAuthority()
        keys = try TLSTicketKeys(rotationNanoseconds: 3_600_000_000_000)
    }

    private func identity(_ names: String) throws -> TLSServerContext.Identity {
        TLSServerContext.Identity(credential: try authority.issue(.init(names: names)))
    }

    private func context(
        _ names: String = "DNS:localhost", _ change: (inout TLSServerContext.Options) -> Void = { _ in }
    ) throws -> TLSServerContext {
        var options = TLSServerContext.Options(identities: [try identity(names)])
        change(&options)
        return try TLSServerContext(options, ticketKeys: keys)
    }

    private func client(
        to name: String = "localhost", as credential: TLSCredential? = nil,
        protocols: [ApplicationProtocol] = [.http11]
    ) throws -> TLSSide {
        let context = try TLSClientContext(
            authorities: .file(authority.certificateFile), credential: credential)
        return try TLSSide { wire in
            try context.session(to: name, protocols: protocols, cache: cache, on: wire)
        }
    }

    private func server(_ context: TLSServerContext) throws -> TLSSide {
        try TLSSide { try context.session(on: $0) }
    }

    @Test(arguments: [1, 7, 1000, Int.max])
    func `a handshake completes in whatever pieces its bytes come`(pieceBytes: Int) throws {
        let client = try client()
        let server = try server(context())
        TLSSide.connect(client, server, pieceBytes: pieceBytes)
        #expect(client.step == .done)
        #expect(server.step == .done)
        try client.send("ping")
        server.inbox += client.outbox
        #expect(server.read().text == "ping")
    }

    @Test func `a handshake that is cut waits, wherever the cut is`() throws {
        let client = try client()
        client.handshake()
        let hello = client.outbox
        let context = try context()
        for count in hello.indices {
            let server = try server(context)
            server.inbox = Array(hello[..<count])
            server.handshake()
            #expect(server.step == .needsBytes, "after \(count) of \(hello.count) bytes")
        }
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{5}\u{1}\u{0}\u{0}\u{1}\u{0}"])
    func `what is no handshake fails`(text: String) throws {
        let server = try server(context())
        server.inbox = Array(text.utf8)
        server.handshake()
        guard case .failed = server.step else {
            Issue.record("\(server.step)")
            return
        }
    }

    @Test(arguments: [
        ([ApplicationProtocol.http11], ApplicationProtocol.http11 as ApplicationProtocol?),
        ([.http11, .http2], .http2), ([.http2], .http2), ([], nil),
    ])
    func `the server's preference decides what is spoken`(
        offered: [ApplicationProtocol], expected: ApplicationProtocol?
    ) throws {
        let client = try client(protocols: offered)
        let server = try server(context { $0.protocols = [.http2, .http11] })
        TLSSide.connect(client, server)
        #expect(client.step == .done)
        #expect(client.session.applicationProtocol == expected)
        #expect(server.session.applicationProtocol == expected)
    }

    @Test func `without a protocol in common there is no connection`() throws {
        let client = try client(protocols: [.http2])
        let server = try server(context { $0.protocols = [.http11] })
        TLSSide.connect(client, server)
        guard case .failed = server.step, case .failed = client.step else {
            Issue.record("\(server.step), \(client.step)")
            return
        }
    }

    @Test(arguments: [
        ("localhost", true), ("a.test", true), ("A.TEST", true), ("x.b.test", true),
        ("b.test", false), ("x.y.b.test", false), ("other.test", false),
    ])
    func `the client's name picks the certificate`(name: String, isFound: Bool) throws {
        let others = [try identity("DNS:a.test"), try identity("DNS:*.b.test")]
        let client = try client(to: name)
        let server = try server(context { $0.identities += others })
        TLSSide.connect(client, server)
        #expect((client.step == .done) == isFound)
    }

    @Test func `a second connection goes on from the first, also after a reload`() throws {
        for round in 0..<4 {
            let client = try client()
            let server = try server(context())
            TLSSide.connect(client, server)
            try answer(client, server)
            #expect(client.session.isResumed == (round > 0))
            #expect(server.session.isResumed == (round > 0))
        }
    }

    /// Sends the server's first answer, with a ticket, to the client.
    private func answer(_ client: TLSSide, _ server: TLSSide) throws {
        server.session.offerTicket()
        try server.send("pong")
        client.inbox += server.outbox
        #expect(client.read().text == "pong")
    }

    @Test func `a ticket comes with the first answer, and only one`() throws {
        let client = try client()
        let server = try server(context())
        TLSSide.connect(client, server)
        #expect(server.step == .done)
        _ = client.read()
        #expect(cache.count == 0)
        try answer(client, server)
        #expect(cache.count == 1)
        server.outbox = []
        try server.send("more")
        client.inbox += server.outbox
        #expect(client.read().text == "more")
        #expect(cache.count == 1)
    }

    @Test func `a ticket with a large certificate of the client fits ahead of a full write`() throws {
        let names = (0..<1000).map { "DNS:a-rather-long-name-of-a-host-\($0).example.test" }
        let client = try client(as: authority.issue(.init(names: names.joined(separator: ","))))
        let file = authority.certificateFile
        let server = try server(context { $0.clients = .required(authoritiesFile: file) })
        TLSSide.connect(client, server)
        #expect(server.step == .done)
        server.session.offerTicket()
        let count = TLSWire.sealedBytesMax - TLSSession.ticketBytesMax
        let text = String(repeating: "x", count: count)
        try server.send(text)
        #expect(server.outbox.count > count + 40 << 10)
        client.inbox += server.outbox
        #expect(client.read().text == text)
        #expect(cache.count == 1)
    }

    @Test func `a ticket of other keys, or of clients that were not asked, is worth nothing`() throws {
        let first = try client()
        let firstServer = try server(context())
        TLSSide.connect(first, firstServer)
        try answer(first, firstServer)
        #expect(cache.count > 0)
        let clients = TLSServerContext.ClientAuthentication.optional(
            authoritiesFile: authority.certificateFile)
        let second = try client()
        TLSSide.connect(second, try server(context { $0.clients = clients }))
        #expect(!second.session.isResumed)
        #expect(second.step == .done)
    }

    @Test(arguments: [true, false])
    func `a client without a certificate passes where it is optional`(isRequired: Bool) throws {
        let file = authority.certificateFile
        let client = try client()
        let server = try server(
            context {
                $0.clients =
                    isRequired
                    ? .required(authoritiesFile: file) : .optional(authoritiesFile: file)
            })
        TLSSide.connect(client, server)
        #expect((server.step == .done) == !isRequired)
        #expect(server.session.peerIdentity == nil)
    }

    @Test(arguments: [
        ("URI:spiffe://a/b,DNS:c.test", "spiffe://a/b"), ("DNS:c.test", "c.test"),
        ("IP:127.0.0.1", "CN=agent"),
    ])
    func `a client is who its certificate says`(names: String, principal: String) throws {
        var subject = TestAuthority.Subject(names: names)
        subject.commonName = "agent"
        let client = try client(as: authority.issue(subject))
        let file = authority.certificateFile
        let server = try server(context { $0.clients = .required(authoritiesFile: file) })
        TLSSide.connect(client, server)
        #expect(server.step == .done)
        let identity = try #require(server.session.peerIdentity)
        defer { identity.free() }
        #expect(String(decoding: identity.principal, as: UTF8.self) == principal)
        let certificate = String(decoding: identity.certificate, as: UTF8.self)
        #expect(certificate.hasPrefix("-----BEGIN%20CERTIFICATE-----%0A"))
        #expect(!certificate.contains("\n"))
    }

    @Test func `a client of another authority is refused`() throws {
        let stranger = try TestAuthority(name: "stranger")
        let client = try client(as: stranger.issue(.init(names: "DNS:c.test")))
        let file = authority.certificateFile
        let server = try server(context { $0.clients = .optional(authoritiesFile: file) })
        TLSSide.connect(client, server)
        #expect(server.step == .failed(.certificate(20)))
    }

    @Test func `an announced end is an end`() throws {
        let client = try client()
        let server = try server(context())
        TLSSide.connect(client, server)
        try client.send("last")
        client.finish()
        server.inbox += client.outbox
        let (text, ended) = server.read()
        #expect(text == "last")
        #expect(ended)
    }

    @Test func `what cannot be loaded is named`() throws {
        let good = try authority.issue(.init(names: "DNS:localhost"))
        let other = try authority.issue(.init(names: "DNS:localhost"))
        let cases = [
            (TLSCredential(certificateFile: "/none.pem", keyFile: good.keyFile), "/none.pem"),
            (TLSCredential(certificateFile: good.certificateFile, keyFile: "/none.key"), "/none.key"),
            (TLSCredential(certificateFile: good.certificateFile, keyFile: other.keyFile), other.keyFile),
            (TLSCredential(certificateFile: good.keyFile, keyFile: good.keyFile), good.keyFile),
        ]
        for (credential, file) in cases {
            let error = #expect(throws: TLSError.self) {
                try TLSServerContext(
                    .init(identities: [.init(credential: credential)]), ticketKeys: keys)
            }
            #expect(error?.subject == file)
            #expect(error?.reason.isEmpty == false)
        }
    }
}
