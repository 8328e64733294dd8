import Foundation
import Peers
import Testing

/// Bodies that are under way for long, and ends that come too early.
struct StreamingTests {
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress

    init() throws {
        upstream = try ScriptedUpstream()
        egress = try RunningEgress(EgressBundle(upstream: upstream.port))
    }

    private func start(_ head: String) throws -> (client: Peer, server: Peer) {
        let client = try egress.connect()
        try client.send(head.replacingOccurrences(of: "\n", with: "\r\n"))
        let server = try upstream.accept()
        return (client, server)
    }

    private static let get = "GET /x HTTP/1.1\nHost: echo\nX-Sandbox-ID: sbx-all\n\n"

    @Test func `each event passes before the next one is made`() throws {
        let (client, server) = try start(Self.get)
        _ = try server.readMessage()
        try server.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(try client.readHead().status == 200)
        for number in 0..<20 {
            let event = "data: \(number)\n\n"
            try server.send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
            try client.fill { String(decoding: $0, as: UTF8.self).contains(event) }
            client.received = []
        }
        try server.send("0\r\n\r\n")
        try client.fill { $0.count == 5 }
    }

    @Test func `an upload flows before it is complete`() throws {
        let (client, server) = try start(
            "POST /x HTTP/1.1\nHost: echo\nX-Sandbox-ID: sbx-all\nContent-Length: 1000000\n\nfirst")
        let head = try server.readHead()
        #expect(head["content-length"] == "1000000")
        try server.fill { $0.count >= 5 }
        #expect(server.received == Array("first".utf8))
        client.close()
        #expect(try server.isEndedOrReset())
    }

    @Test(arguments: [true, false])
    func `a sandbox that goes away ends the call`(bySaying: Bool) throws {
        let (client, server) = try start(Self.get)
        _ = try server.readMessage()
        if bySaying { client.close() } else { client.reset() }
        #expect(try server.isAtEnd())
    }

    @Test(arguments: [true, false])
    func `a sandbox that goes away within an answer ends the call`(bySaying: Bool) throws {
        let (client, server) = try start(Self.get)
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        _ = try client.readHead()
        if bySaying { client.close() } else { client.reset() }
        #expect(try server.isAtEnd())
    }

    @Test func `an answer that breaks off never looks complete`() throws {
        let (client, server) = try start(Self.get)
        _ = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        server.close()
        #expect(try !client.readMessage().isComplete)
    }

    @Test(arguments: [
        ("", 502, "upstream_closed"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 502, "upstream_malformed"),
        ("nonsense\r\n\r\n", 502, "upstream_malformed"),
    ])
    func `a service that fails before it answers is 502`(
        bytes: String, status: Int, code: String
    ) throws {
        let (client, server) = try start(Self.get)
        _ = try server.readMessage()
        try server.send(bytes)
        server.close()
        let answer = try client.readMessage()
        #expect(answer.status == status)
        #expect(answer["content-type"] == "application/problem+json")
        #expect(answer.text.contains("\"code\":\"\(code)\""))
    }

    @Test func `a service that is silent for longer than its timeout is 504`() throws {
        let slow = """
            "slow": {
              "base_url": "http://127.0.0.1:\(upstream.port)", "allowed_methods": ["GET"],
              "timeout": "50ms"
            }
            """
        let egress = try RunningEgress(EgressBundle(upstream: upstream.port, services: slow))
        let client = try egress.connect()
        try client.send("GET /x HTTP/1.1\r\nHost: slow\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readMessage()
        let answer = try client.readMessage()
        #expect(answer.status == 504)
        #expect(answer.text.contains(#""code":"upstream_timeout""#))
        #expect(try server.isAtEnd())
    }
}

extension Peer {
    /// Whether the connection is over, whatever came before its end.
    fileprivate func isEndedOrReset() throws -> Bool {
        while true {
            switch try read() {
            case .bytes: continue
            case .end, .reset: return true
            }
        }
    }
}
