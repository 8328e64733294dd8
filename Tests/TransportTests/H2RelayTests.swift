import HTTP
import IO
import Peers
import Testing
import Transport

struct H2RelayTests {
    private let upstream: ScriptedUpstream
    private let relay: Relay

    init() throws {
        upstream = try ScriptedUpstream()
        relay = try Relay(to: upstream)
    }

    @Test func `requests of one connection pass at the same time`() throws {
        let client = try H2Client(port: relay.port)
        let first = try client.request("GET /1?x HTTP/1.1\r\nhost: a\r\n\r\n")
        let second = try client.request("GET /2 HTTP/1.1\r\nhost: a\r\n\r\n")
        let one = try upstream.accept()
        let two = try upstream.accept()
        let lines = [try one.readMessage().startLine, try two.readMessage().startLine]
        #expect(lines.sorted() == ["GET /1?x HTTP/1.1", "GET /2 HTTP/1.1"])
        for (peer, line) in [(two, lines[1]), (one, lines[0])] {
            let name = line.split(separator: " ")[1]
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(name.count)\r\n\r\n\(name)")
        }
        #expect(try client.response(to: first).text == "/1?x")
        #expect(try client.response(to: second).text == "/2")
    }

    @Test(arguments: [0, 1, 5_000, 70_000, 1_000_000])
    func `content passes both ways, whatever its size`(count: Int) throws {
        let client = try H2Client(port: relay.port)
        let body = String(repeating: "0123456789", count: count / 10 + 1).prefix(count)
        let stream = try client.request(
            "POST /p HTTP/1.1\r\nhost: a\r\n\r\n", body: String(body))
        let server = try upstream.accept()
        let request = try readAll(server, while: client, stream)
        #expect(request.text == body)
        // Whether there is none shows only when the end comes together with the head.
        if count > 0 { #expect(request["transfer-encoding"] == "chunked") }
        try server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        if count > 0 { try server.send("\(String(count, radix: 16))\r\n\(body)\r\n") }
        try server.send("0\r\nx-check: 1\r\n\r\n")
        let response = try client.response(to: stream)
        #expect(response.text == body)
        #expect(response.isComplete)
        #expect(response["x-check"] == "1")
    }

    /// What the client has left to send goes on as its peer makes room.
    private func readAll(
        _ server: Peer, while client: H2Client, _ stream: Int32
    ) throws -> Message {
        var message = try server.readHead()
        while !client.connection.pending(stream).isEmpty {
            try client.pumpOnce()
            if case .bytes(let bytes)? = try server.readIfThere(milliseconds: 1) {
                server.received += bytes
            }
        }
        try server.readBody(of: &message)
        return message
    }

    @Test func `an answer that breaks off resets its stream and no other`() throws {
        let client = try H2Client(port: relay.port)
        let broken = try client.request("GET /1 HTTP/1.1\r\nhost: a\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        server.close()
        let response = try client.response(to: broken)
        #expect(!response.isComplete)
        #expect(response.closed == .internalError)

        let whole = try client.request("GET /2 HTTP/1.1\r\nhost: a\r\n\r\n")
        let next = try upstream.accept()
        _ = try next.readMessage()
        try next.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try client.response(to: whole).status == 204)
    }

    @Test func `a stream that its client resets ends upstream`() throws {
        let client = try H2Client(port: relay.port)
        let stream = try client.request("GET /1 HTTP/1.1\r\nhost: a\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try client.reset(stream)
        #expect(try server.isAtEnd())
    }

    @Test func `a head with too many fields is a 431`() throws {
        let client = try H2Client(port: relay.port)
        let lines = (0..<101).map { "x-\($0): 1\r\n" }.joined()
        let stream = try client.request("GET / HTTP/1.1\r\nhost: a\r\n\(lines)\r\n")
        #expect(try client.response(to: stream).status == 431)
        #expect(try upstream.isUntouched())
    }

    @Test func `trailers with too many fields end their request and no other`() throws {
        let client = try H2Client(port: relay.port)
        let stream = try client.begin("POST / HTTP/1.1\r\nhost: a\r\n\r\n", ends: false)
        try client.send("abc", on: stream, isLast: false)
        let server = try upstream.accept()
        try server.fill { $0.suffix(5).elementsEqual("abc\r\n".utf8) }
        server.received = []
        let lines = (0..<101).map { "x-\($0): 1\r\n" }.joined()
        try client.send("", trailers: "\(lines)\r\n", on: stream, isLast: true)
        #expect(try client.response(to: stream).closed != nil)
        #expect(try server.isAtEnd())

        let next = try client.request("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        let other = try upstream.accept()
        _ = try other.readMessage()
        try other.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try client.response(to: next).status == 204)
    }

    @Test func `a client that is slow but takes what it is sent is not late`() throws {
        var options = ListenerOptions()
        options.idleNanoseconds = 1_000_000_000
        let address = SocketAddress(ipv4: 0x7F00_0001, port: upstream.port)
        let relay = try Relay(
            to: Upstream(name: "test", addresses: [address]), options: options)
        var limits = H2Limits()
        limits.streamWindowBytes = .max
        limits.connectionWindowBytes = .max
        let client = try H2Client(port: relay.port, limits: limits)
        client.keepsContent = false
        let stream = try client.request("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
        let piece = [UInt8](repeating: 1, count: 1 << 20)
        let end = Clock.monotonicNanoseconds + 2 * options.idleNanoseconds
        // The client has always more to take than it takes at a time.
        while Clock.monotonicNanoseconds < end {
            for _ in 0..<4 where server.sendSome(piece[...]) < 0 { throw Peer.Failure.broken }
            try client.pumpOnce()
            #expect(client.goAway == nil)
        }
        try client.reset(stream)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: a b\r\n\r\n",
        "GET h2/x HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET http://b/ HTTP/1.1\r\nhost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
    ])
    func `what could be understood in two ways is refused`(head: String) throws {
        let client = try H2Client(port: relay.port)
        let response = try client.response(to: try client.request(head))
        #expect(response.status == 400 || response.closed == .protocolError)
        #expect(try upstream.isUntouched())
    }

    @Test func `crumbs of a cookie are joined`() throws {
        let client = try H2Client(port: relay.port)
        _ = try client.request(
            "GET / HTTP/1.1\r\nhost: a\r\ncookie: a=b\r\nx: 1\r\ncookie: c=d\r\n\r\n")
        let request = try upstream.accept().readMessage()
        #expect(request["cookie"] == "a=b; c=d")
        #expect(request["x"] == "1")
    }

    @Test func `rapid resets end the connection`() throws {
        let client = try H2Client(port: relay.port)
        #expect(throws: (any Error).self) {
            for _ in 0..<1_000 {
                let stream = try client.request("GET / HTTP/1.1\r\nhost: a\r\n\r\n")
                try client.reset(stream)
                try client.pumpOnce()
                if client.goAway != nil { throw Peer.Failure.broken }
            }
        }
    }

    @Test func `bytes that are no frames end the connection`() throws {
        let client = try relay.connect()
        try client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try client.fill { !$0.isEmpty }
        client.received = []
        while case .bytes = try client.read() {}
        #expect(try upstream.isUntouched())
    }

    @Test(arguments: ["INVALID CONNECTION PREFACE\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\r\n"])
    func `what does not claim to be HTTP gets no answer`(text: String) throws {
        let client = try relay.connect()
        try client.send(text)
        #expect(try client.isAtEnd())
        #expect(client.received.isEmpty)
        #expect(relay.outcomes.next()?.status == 400)
    }

    @Test func `content behind an answer is dropped, and its stream is not reset`() throws {
        let client = try H2Client(port: relay.port)
        let stream = try client.begin("POST /1 HTTP/1.1\r\nhost: a\r\n\r\n", ends: false)
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
        let response = try client.response(to: stream)
        #expect(response.status == 413)
        #expect(response.closed == nil)
        try client.send("the rest", on: stream, isLast: true)
        let next = try client.request("GET /2 HTTP/1.1\r\nhost: a\r\n\r\n")
        let other = try upstream.accept()
        _ = try other.readMessage()
        try other.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try client.response(to: next).status == 204)
        #expect(client.goAway == nil)
    }
}
