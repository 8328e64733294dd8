import Peers
import Testing

/// What a client may use up of time and connections.
struct LimitTests {
    @Test(arguments: ["", "GET /api/v1/status HTTP/1.1\r\nHost: a\r\n"])
    func `a head that does not come is given up`(start: String) throws {
        let gateway = try RunningGateway(settings: "  limits: { header_timeout: 200ms }\n")
        let client = try gateway.connect()
        try client.send(start)
        if !start.isEmpty {
            let answer = try client.readMessage()
            #expect(answer.status == 408)
            #expect(answer.text.contains("\"code\":\"request_timeout\""))
        }
        #expect(try client.isAtEnd())
    }

    @Test func `bytes one by one do not make a head's time longer`() throws {
        let gateway = try RunningGateway(settings: "  limits: { header_timeout: 500ms }\n")
        let client = try gateway.connect()
        var input: Peer.Input?
        var sent = 0
        while input == nil, sent < 1000 {
            guard client.sendSome(Array("x".utf8)[...]) == 1 else { break }
            sent += 1
            input = try client.readIfThere(milliseconds: 20)
        }
        #expect(sent < 1000)
        guard case .bytes(let bytes) = input else { return }
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `content that does not come is given up`() throws {
        let upstream = try ScriptedUpstream()
        let gateway = try RunningGateway(
            upstream: upstream.port, settings: "  limits: { request_idle: 200ms }\n")
        let client = try gateway.connect()
        try client.send(
            "PUT /api/v1/x HTTP/1.1\r\nHost: a\r\n\(RunningGateway.admin)Content-Length: 9\r\n\r\nhalf")
        let server = try upstream.accept()
        let answer = try client.readMessage()
        #expect(answer.status == 408)
        #expect(try client.isAtEnd())
        try server.fill { $0.suffix(4).elementsEqual("half".utf8) }
        server.received = []
        #expect(try server.isAtEnd())
    }

    @Test func `an idle connection is closed`() throws {
        let gateway = try RunningGateway(settings: "  limits: { keepalive_idle: 200ms }\n")
        let client = try gateway.connect()
        try client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.readMessage().status == 200)
        #expect(try client.isAtEnd())
    }

    @Test func `a connection too many waits until another has ended`() throws {
        let gateway = try RunningGateway(settings: "  limits: { connections: 2 }\n")
        let request = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        var clients: [Peer] = []
        for _ in 0..<2 {
            let client = try gateway.connect()
            try client.send(request)
            #expect(try client.readMessage().status == 200)
            clients.append(client)
        }
        let third = try gateway.connect()
        try third.send(request)
        #expect(try third.readIfThere(milliseconds: 500) == nil)
        clients.removeLast().close()
        #expect(try third.readMessage().status == 200)
    }

    @Test func `header fields are counted`() throws {
        let gateway = try RunningGateway()
        let client = try gateway.connect()
        let fields = (0..<101).map { "x-\($0): y\r\n" }.joined()
        try client.send("GET /health HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
        #expect(try client.readMessage().status == 431)
    }
}
