@testable import Credentials
import Peers
import Testing

/// A handler that keeps secrets out of responses, in every framing.
struct InspectionTests {
    private static let secret = "sk-planted-4711"
    private static let stars = String(repeating: "*", count: secret.utf8.count)

    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        let planted = try Secret(capacity: 64) { memory in
            memory.copyBytes(from: Self.secret.utf8)
            return Self.secret.utf8.count
        }
        relay = try Relay(
            to: upstream, ForwardEverything.Options(secrets: try NeedleSet([planted])))
    }

    /// What the client gets when the upstream sends these bytes and closes, if it does.
    private func response(
        _ pieces: [String], closes: Bool = false, version: String = "1.1"
    ) throws -> Message {
        let client = try relay.connect()
        try client.send("GET / HTTP/\(version)\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        for piece in pieces { try server.send(piece) }
        if closes { server.close() }
        return try client.readMessage()
    }

    @Test func `a secret is covered in fields and content, wherever it is cut`() throws {
        let head = "HTTP/1.1 200 OK\r\nX-Echo: Bearer \(Self.secret)\r\nContent-Length: 24\r\n\r\n"
        let content = Array("key=\(Self.secret) end!")
        #expect(content.count == 24)
        for cut in 0...content.count {
            let response = try response([
                head + String(content[..<cut]), String(content[cut...]),
            ])
            #expect(response["x-echo"] == "Bearer \(Self.stars)")
            #expect(response.text == "key=\(Self.stars) end!")
            #expect(response.isComplete)
        }
    }

    @Test func `chunks and trailers are searched, and what begins a secret is not lost`() throws {
        let (first, rest) = ("sk-plan", "ted-4711")
        let response = try response([
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x-t\r\n\r\n",
            "7\r\n\(first)\r\n", "8\r\n\(rest)\r\n", "a\r\n, sk-plant\r\n",
            "0\r\nx-t: \(Self.secret)\r\n\r\n",
        ])
        #expect(response.text == "\(Self.stars), sk-plant")
        #expect(response.trailers.map(\.value) == [Self.stars])
        #expect(response.isComplete)
    }

    @Test(arguments: ["1.0", "1.1"], ["sk-plan", "", "sk-planted-4711"])
    func `content that ends with its connection is passed to its end`(
        version: String, tail: String
    ) throws {
        let response = try response(
            ["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nkey=\(Self.secret) ", tail],
            closes: true, version: version)
        let expected = tail == Self.secret ? Self.stars : tail
        #expect(response.text == "key=\(Self.stars) " + expected)
    }

    @Test func `an event passes before the next one comes`() throws {
        let client = try relay.connect()
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
        try server.send("Transfer-Encoding: chunked\r\n\r\n")
        _ = try client.readHead()
        for index in 0..<5 {
            let event = "data: {\"n\": \(index)}\n\n"
            try server.send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
            try client.fill { String(decoding: $0, as: UTF8.self).contains("\"n\": \(index)}\n\n") }
        }
    }

    @Test func `large content keeps its length and its other bytes`() throws {
        let block = String(repeating: "0123456789abcdef", count: 4096)
        let content = block + Self.secret + block + Self.secret + block
        let client = try relay.connect()
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        let all = "HTTP/1.1 200 OK\r\nContent-Length: \(content.utf8.count)\r\n\r\n" + content
        var bytes = Array(all.utf8)[...]
        while !bytes.isEmpty {
            let sent = server.sendSome(bytes.prefix(50_000))
            bytes = bytes.dropFirst(sent)
            if sent == 0 { try client.fill { $0.count > 0 } }
        }
        let response = try client.readMessage()
        #expect(response.text == block + Self.stars + block + Self.stars + block)
    }

    @Test func `an early response's fields are searched`() throws {
        let client = try relay.connect()
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 103 Early Hints\r\nLink: <\(Self.secret)>\r\n\r\n")
        #expect(try client.readHead()["link"] == "<\(Self.stars)>")
    }

    @Test(arguments: ["br", "zstd", "identity, gzip", "gzip, gzip", "x"])
    func `compressed content is refused, as nobody can look into it`(coding: String) throws {
        let response = try response([
            "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: 2\r\n\r\nab"
        ])
        #expect(response.status == 502)
        #expect(response.text == "codedContent")
    }

    @Test func `a coding that is none is taken`() throws {
        let response = try response([
            "HTTP/1.1 200 OK\r\nContent-Encoding: Identity\r\nContent-Length: 2\r\n\r\nab"
        ])
        #expect(response.status == 200)
    }
}
