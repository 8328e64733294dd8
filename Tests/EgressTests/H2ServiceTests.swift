import Foundation
import LeakOracle
import Peers
import Testing

/// A service that speaks HTTP/2 and says its credential again.
struct H2ServiceTests {
    private static let secret = "planted-secret/+0123456789"
    private static let stars = String(repeating: "*", count: secret.utf8.count)
    private static let head = "GET /x HTTP/1.1\r\nHost: keyed\r\nX-Sandbox-ID: sbx-all\r\n\r\n"
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress

    init() throws {
        upstream = try ScriptedUpstream()
        let file = NSTemporaryDirectory() + "sluice-key-\(UUID().uuidString)"
        try Self.secret.write(toFile: file, atomically: true, encoding: .utf8)
        let service = """
            "keyed": {
              "base_url": "http://127.0.0.1:\(upstream.port)", "allowed_methods": ["GET"],
              "auth": "keyed"
            }
            """
        egress = try RunningEgress(
            EgressBundle(upstream: upstream.port, services: service),
            settings: """
                  services: { keyed: { protocol: http2 } }
                  credentials:
                    keyed: { scheme: header, header: X-Key, source: "file:\(file)" }

                """)
    }

    /// The service's end of a call that was made, and its stream.
    private func service() throws -> (server: H2Server, stream: Int32) {
        let server = H2Server(try upstream.accept())
        try server.readHeads(1)
        let stream = try #require(server.stream(of: "/x"))
        let head = try #require(server.heads[stream])
        #expect(head.contains("\r\nx-key: \(Self.secret)\r\n"))
        #expect(head.contains("\r\naccept-encoding: identity\r\n"))
        return (server, stream)
    }

    /// A compressed answer, in two frames.
    private func answer(
        _ content: [UInt8], coding: String, cutAt cut: Int, by server: H2Server, on stream: Int32
    ) throws {
        try server.begin(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: \(content.count)\r\n\r\n")
        server.offer(Array(content[..<cut]), on: stream, isLast: false)
        try server.flush()
        server.offer(Array(content[cut...]), on: stream, isLast: true)
        try server.flush()
    }

    @Test(arguments: Compressed.Format.allCases)
    func `a compressed answer is searched, wherever it is cut`(format: Compressed.Format) throws {
        let content = try Compressed.bytes(Array("key=\(Self.secret) end!".utf8), as: format)
        let client = try egress.connect()
        try client.send(Self.head)
        let (server, first) = try service()
        var stream = first
        for cut in 0..<content.count {
            try answer(content, coding: format.coding, cutAt: cut, by: server, on: stream)
            let message = try client.readMessage()
            #expect(message.text == "key=\(Self.stars) end!")
            #expect(message["content-encoding"] == nil && message.isComplete)
            guard cut + 1 < content.count else { break }
            try client.send(Self.head)
            stream += 2
            try server.readHeads(cut + 2)
        }
    }

    @Test(arguments: Compressed.Format.allCases)
    func `it is searched for a client that speaks HTTP/2 too`(format: Compressed.Format) throws {
        let text = String(repeating: "key=\(Self.secret) and so on; ", count: 3000)
        let content = try Compressed.bytes(Array(text.utf8), as: format)
        let client = try H2Client(port: egress.port)
        let call = try client.begin(Self.head, ends: true)
        let (server, stream) = try service()
        try answer(content, coding: format.coding, cutAt: 7, by: server, on: stream)
        let message = try client.response(to: call)
        #expect(message.text == text.replacing(Self.secret, with: Self.stars))
        #expect(message.isComplete && message["content-encoding"] == nil)
    }

    @Test func `fields and trailers are searched`() throws {
        let client = try H2Client(port: egress.port)
        let call = try client.begin(Self.head, ends: true)
        let (server, stream) = try service()
        try server.begin(stream, "HTTP/1.1 200 OK\r\nX-Echo: \(Self.secret)\r\n\r\n")
        let trailers = "x-last: \(Self.secret)\r\n\r\n"
        server.offer(
            Array(("content" + trailers).utf8), trailerBytes: trailers.utf8.count, on: stream,
            isLast: true)
        try server.flush()
        let message = try client.response(to: call)
        #expect(message["x-echo"] == Self.stars && message["x-last"] == Self.stars)
        #expect(message.text == "content")
    }

    @Test(arguments: ["br", "zstd", "gzip, br"])
    func `an answer in a coding that cannot be searched is 502`(coding: String) throws {
        let client = try egress.connect()
        try client.send(Self.head)
        let (server, stream) = try service()
        try answer([1, 2, 3], coding: coding, cutAt: 1, by: server, on: stream)
        let message = try client.readMessage()
        #expect(message.status == 502)
        #expect(message.text.contains(#""code":"upstream_compressed""#))
    }

    @Test func `what cannot be decoded does not look complete`() throws {
        let content = try Compressed.bytes(Array("key=\(Self.secret)".utf8), as: .gzip)
        let client = try H2Client(port: egress.port)
        let call = try client.begin(Self.head, ends: true)
        let (server, stream) = try service()
        try answer(Array(content.dropLast()), coding: "gzip", cutAt: 1, by: server, on: stream)
        let message = try client.response(to: call)
        #expect(!message.isComplete && message.closed != nil)
        let oracle = LeakOracle([("key", Self.secret)])
        #expect(oracle.findings(in: message.body).isEmpty)
    }
}
