@testable import Credentials
import HTTP
import IO
import Peers
import Testing
import Transport

/// Secrets are kept out of what an upstream says over HTTP/2, whatever its client speaks.
struct H2InspectionTests {
    private static let secret = "sk-planted-4711"
    private static let stars = String(repeating: "*", count: secret.utf8.count)
    private static let head = "HTTP/1.1 200 OK\r\nx-echo: Bearer \(secret)\r\n\r\n"
    private static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        let planted = try Secret(capacity: 64) { memory in
            memory.copyBytes(from: Self.secret.utf8)
            return Self.secret.utf8.count
        }
        let address = SocketAddress(ipv4: 0x7F00_0001, port: upstream.port)
        var place = Upstream(name: "test", addresses: [address])
        place.version = .http2
        relay = try Relay(to: place, .init(secrets: try NeedleSet([planted])))
    }

    /// Answers the next request with the pieces, each in frames of its own. The server's end is to
    /// be kept until the client has all of it.
    private func answer(_ pieces: [String], trailers: String) throws -> H2Server {
        let server = H2Server(try upstream.accept())
        try server.readHeads(1)
        let stream = try #require(server.stream(of: "/"))
        try server.begin(stream, Self.head)
        for piece in pieces {
            server.send(piece, on: stream, isLast: false)
            try server.flush()
        }
        server.send("", trailers: trailers, on: stream, isLast: true)
        try server.flush()
        return server
    }

    @Test(arguments: 0...15)
    func `a client with HTTP/1.1 gets stars, wherever content is cut`(cut: Int) throws {
        let client = try relay.connect()
        try client.send(Self.request)
        let content = Self.secret
        let server = try answer(
            ["key=" + content.prefix(cut), content.dropFirst(cut) + ", sk-plant"],
            trailers: "x-sum: \(Self.secret)\r\n\r\n")
        let response = try client.readMessage()
        #expect(response["x-echo"] == "Bearer \(Self.stars)")
        #expect(response.text == "key=\(Self.stars), sk-plant")
        #expect(response.trailers.map(\.value) == [Self.stars])
        #expect(response.isComplete)
        #expect(relay.outcomes.next()?.fault == nil)
        server.peer.close()
    }

    @Test func `so does one with HTTP/2, and gRPC's status behind it`() throws {
        let client = try H2Client(port: relay.port)
        let stream = try client.request(Self.request)
        let server = try answer(
            ["sk-plan", "ted-4711!"],
            trailers: "grpc-status: 5\r\ngrpc-message: no \(Self.secret)\r\n\r\n")
        let response = try client.response(to: stream)
        #expect(response["x-echo"] == "Bearer \(Self.stars)")
        #expect(response.text == "\(Self.stars)!")
        #expect(response["grpc-status"] == "5")
        #expect(response["grpc-message"] == "no \(Self.stars)")
        #expect(response.isComplete)
        #expect(relay.outcomes.next()?.fault == nil)
        server.peer.close()
    }
}
