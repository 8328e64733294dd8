import Peers
import Testing

/// Policies that decide by the content of a request.
struct ContentPolicyTests {
    private let upstream: ScriptedUpstream
    private let gateway: RunningGateway
    private static let allowed = "{\"action\":\"read\"}"

    init() throws {
        upstream = try ScriptedUpstream()
        gateway = try RunningGateway(
            upstream: upstream.port, bundle: "Tests/Corpus/gateway/content_policy")
    }

    private static func head(_ more: String) -> String {
        """
        POST /api/v1/x HTTP/1.1\r
        Host: a\r
        X-API-Key: valid-key\r
        Content-Type: application/json\r
        \(more)\r
        \r

        """
    }

    /// Serves the request that comes next, and hands it over.
    private func serve(_ client: Peer) throws -> Message {
        let server = try upstream.accept()
        let request = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        #expect(try client.readMessage().text == "ok")
        return request
    }

    @Test func `content that is allowed is forwarded as it came`() throws {
        let client = try gateway.connect()
        try client.send(Self.head("Content-Length: \(Self.allowed.count)"))
        #expect(try client.readIfThere(milliseconds: 50) == nil)
        #expect(try upstream.isUntouched())
        for byte in Self.allowed { try client.send(String(byte)) }
        #expect(try serve(client).text == Self.allowed)
    }

    @Test func `chunked content is read through its framing`() throws {
        let client = try gateway.connect()
        try client.send(Self.head("Transfer-Encoding: chunked"))
        for byte in Self.allowed { try client.send("1\r\n\(byte)\r\n") }
        try client.send("0\r\n\r\n")
        let request = try serve(client)
        #expect(request.text == Self.allowed)
        #expect(request.isComplete)
    }

    @Test func `a client that waits to be asked is asked`() throws {
        let client = try gateway.connect()
        try client.send(
            Self.head("Expect: 100-continue\r\nContent-Length: \(Self.allowed.count)"))
        #expect(try client.readHead().status == 100)
        try client.send(Self.allowed)
        #expect(try serve(client).text == Self.allowed)
    }

    @Test(arguments: ["{\"action\":\"write\"}", "{}", "no json", "[\"read\"]"])
    func `content that is not allowed is refused and the connection stays`(
        content: String
    ) throws {
        let client = try gateway.connect()
        let length = "Content-Length: \(content.utf8.count)"
        try client.send(Self.head(length) + content)
        #expect(try client.readMessage().status == 403)
        #expect(try upstream.isUntouched())
        try client.send(Self.head("Content-Length: \(Self.allowed.count)") + Self.allowed)
        #expect(try serve(client).text == Self.allowed)
    }

    @Test func `content that is too long to be read is flagged, never cut silently`() throws {
        let client = try gateway.connect()
        let padding = String(repeating: " ", count: 9 << 10)
        let content = padding + Self.allowed
        try client.send(Self.head("Content-Length: \(content.count)") + content)
        let answer = try client.readMessage()
        #expect(answer.status == 403)
        #expect(answer.text.contains("truncated"))
    }

    @Test(arguments: ["Content-Length: 100", "Transfer-Encoding: chunked"])
    func `content that ends too early is refused`(framing: String) throws {
        let client = try gateway.connect()
        try client.send(Self.head(framing))
        client.finishWriting()
        #expect(try client.readMessage().status == 400)
        #expect(try upstream.isUntouched())
    }
}
