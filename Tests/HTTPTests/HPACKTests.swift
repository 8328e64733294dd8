import HTTP
import Testing

/// What the encoder writes, as nghttp2's decoder reads it.
struct HPACKTests {
    private let pair = H2Pair()

    init() {
        // The preface and both sides' settings.
        _ = pair.heads(in: pair.output(of: pair.client))
    }

    private static func head(_ lines: [String], method: String = "GET") -> String {
        "\(method) /a?b=c HTTP/1.1\r\nhost: a.example\r\n" + lines.map { $0 + "\r\n" }.joined()
            + "\r\n"
    }

    private func expectPassage(of head: String) throws {
        #expect(pair.heads(in: try pair.send(head)) == [head])
    }

    @Test(arguments: ["GET", "POST", "HEAD", "PATCH", "PROPFIND"])
    func `every method and field arrives as it was`(method: String) throws {
        for _ in 0..<3 {
            try expectPassage(
                of: Self.head(
                    [
                        "accept: */*", "x-unknown: 1", "x-unknown: 2", "te: trailers",
                        "authorization: Bearer secret", "cookie: a=b", "empty: ",
                        "content-length: 0", "traceparent: 00-1-2-00", "x-request-id: 7",
                        "a-name-that-is-longer-than-the-names-that-have-a-number: v",
                    ], method: method))
        }
    }

    @Test func `values of every length arrive`() throws {
        for length in 0..<300 {
            try expectPassage(of: Self.head(["x: \(String(repeating: "v", count: length))"]))
        }
    }

    @Test func `a table that overflows stays the decoder's`() throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<2_000 {
            let lines = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                let names = ["accept", "via", "referer", "user-agent", "x-request-id", "x-own"]
                let name = names.randomElement(using: &random) ?? "via"
                let size = [5, 40, 400, 3_500].randomElement(using: &random) ?? 5
                let value = String(
                    repeating: "\(Int.random(in: 0..<9, using: &random))", count: size + round % 7)
                return "\(name): \(value)"
            }
            try expectPassage(of: Self.head(lines))
        }
    }

    @Test func `what was sent before takes a byte`() throws {
        let names = [
            "accept", "accept-language", "content-type", "user-agent", "via", "referer", "origin",
            "cache-control", "x-forwarded-for", "x-rate-limit-tier",
        ]
        let lines = names.map { "\($0): a value that is sent again, \($0)" }
        let first = try pair.send(Self.head(lines))
        let second = try pair.send(Self.head(lines))
        #expect(pair.heads(in: first + second).count == 2)
        #expect(first.count > 400)
        #expect(second.count < 40)
    }

    @Test(arguments: [
        "authorization", "cookie", "x-api-key", "x-sandbox-token", "the-services-own", "api-key",
    ])
    func `a secret is in nobody's table`(name: String) throws {
        let head = Self.head(["\(name): a secret"])
        for _ in 0..<3 {
            let bytes = try pair.send(head)
            #expect(pair.heads(in: bytes) == [head])
            // "Never indexed", with a name of either table or its own (RFC 7541 §6.2.3).
            let value = try #require(bytes.firstRange(of: Array("a secret".utf8)))
            let before = bytes[..<value.lowerBound].suffix(name.utf8.count + 3)
            #expect(before.contains { $0 & 0xF0 == 0x10 })
        }
    }

    @Test func `a unique value is not remembered, its name is`() throws {
        let sizes = try (0..<4).map { number in
            try pair.send(Self.head(["x-request-id: 0000-\(number)"])).count
        }
        // The first one also adds the host.
        #expect(sizes[1] < sizes[0])
        #expect(sizes[1...].allSatisfy { $0 == sizes[1] })
    }

    @Test(arguments: [1, 8_000, 16_384, 30_000, 60_000])
    func `a long head goes in several frames`(length: Int) throws {
        let value = String(repeating: "v", count: length)
        try expectPassage(of: Self.head(["x: \(value)", "y: \(value)", "y: 1"]))
        try expectPassage(of: Self.head(["z: 2"]))
    }

    @Test func `the peer's limit of the table is told and kept`() throws {
        let head = Self.head(["x: y"])
        _ = pair.heads(in: try pair.send(head))
        // SETTINGS_HEADER_TABLE_SIZE = 0, and the acknowledgement of ours.
        try receive([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
        #expect(try section(head).starts(with: [0x20]))
        #expect(try section(head).count == section(head).count)
        try receive([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 100])
        #expect(try section(head).starts(with: [0x3F, 100 - 31]))
        // Down and up again between two heads: the lowest is told as well (RFC 7541 §4.2).
        try receive([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
        try receive([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 16, 0])
        #expect(try section(head).starts(with: [0x20, 0x3F, 0xE1, 0x1F]))
        #expect(try section(head).first == 0x82)
    }

    @Test func `a larger table is used only behind the word that it is known of`() throws {
        try receive([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
        #expect(try section(Self.head([])).starts(with: [0x20]))
        // More than one output holds: what is left begins with a head.
        let head = Array(Self.head(["x: \(String(repeating: "v", count: 8_000))"]).utf8)
        for _ in 0..<40 {
            let stream = head.withUnsafeBytes {
                pair.client.request($0, isSecure: false, ends: true, user: 1)
            }
            #expect(stream != nil)
        }
        _ = pair.output(of: pair.client)
        try receive([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 16, 0])
        let rest = pair.output(of: pair.client)
        let length = Int(rest[1]) << 8 | Int(rest[2])
        #expect(rest[3] == 1 && rest[9] == 0x82)
        let next = rest.dropFirst(9 + length)
        // The acknowledgement, and then a head that says how much is used.
        #expect(next.starts(with: [0, 0, 0, 4, 1, 0, 0, 0, 0]))
        #expect(next.dropFirst(18).starts(with: [0x3F, 0xE1, 0x1F]))
    }

    private func receive(_ frame: [UInt8]) throws {
        frame.withUnsafeBytes { bytes in
            #expect(pair.client.receive(bytes, now: 0) == bytes.count)
        }
        #expect(pair.client.state == .open)
    }

    /// The field section of a head on its way, which the server has understood.
    private func section(_ head: String) throws -> [UInt8] {
        let bytes = try pair.send(head)
        #expect(pair.heads(in: bytes) == [head])
        return Array(bytes.dropFirst(9))
    }

    @Test func `a request for a WebSocket becomes an extended CONNECT`() throws {
        let bytes = try pair.send(
            "GET /chat HTTP/1.1\r\nhost: a\r\nSec-WebSocket-Key: abc\r\n"
                + "Sec-WebSocket-Version: 13\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        let head = try #require(pair.heads(in: bytes).first)
        #expect(head.hasPrefix("GET /chat HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n"))
        #expect(head.contains("\r\nupgrade: websocket\r\n"))
        #expect(!head.contains("abc"))
        #expect(!bytes.contains(Array("Upgrade".utf8)))
    }
}
