import HTTP
import Peers
import Testing

/// Either end of a call may go away at any time: the other end hears of it, whatever both speak.
struct AbortTests {
    enum Version: String, CaseIterable { case http1, http2 }

    enum Moment: String, CaseIterable { case withinUpload, beforeAnswer, withinAnswer }

    struct Case: CustomStringConvertible, Sendable {
        let client: Version
        let service: Version
        let moment: Moment
        /// By ending the whole connection, or with HTTP/1.1 by a reset of it.
        let isHard: Bool

        var description: String {
            "\(client.rawValue) to \(service.rawValue), \(moment.rawValue)\(isHard ? ", hard" : "")"
        }

        static let all = Version.allCases.flatMap { client in
            Version.allCases.flatMap { service in
                Moment.allCases.flatMap { moment in
                    [false, true].map {
                        Case(client: client, service: service, moment: moment, isHard: $0)
                    }
                }
            }
        }
    }

    private let upstream: ScriptedUpstream
    private let egress: RunningEgress

    init() throws {
        upstream = try ScriptedUpstream()
        let service = """
            "streamed": {
              "base_url": "http://127.0.0.1:\(upstream.port)", "allowed_methods": ["GET", "POST"]
            }
            """
        egress = try RunningEgress(
            EgressBundle(upstream: upstream.port, services: service),
            settings: "  services: { streamed: { protocol: http2 } }\n")
    }

    /// A call that has come as far as the case says.
    private func call(_ situation: Case) throws -> (Caller, Service) {
        let isUpload = situation.moment == .withinUpload
        let caller = try Caller(
            egress.port, situation.client,
            host: situation.service == .http1 ? "echo" : "streamed", isUpload: isUpload)
        let service = try Service(try upstream.accept(), situation.service)
        if situation.moment == .withinAnswer {
            try service.answer()
            try caller.readStart()
        }
        return (caller, service)
    }

    @Test(arguments: Case.all)
    func `a sandbox that goes away ends the call to the service`(situation: Case) throws {
        let (caller, service) = try call(situation)
        try caller.goAway(hard: situation.isHard)
        #expect(try service.isLeft())
    }

    @Test(arguments: Case.all)
    func `a service that goes away ends the call of the sandbox`(situation: Case) throws {
        let (caller, service) = try call(situation)
        try service.goAway(hard: situation.isHard)
        if situation.moment == .withinAnswer {
            #expect(try caller.isCutOff())
        } else {
            let (status, text) = try caller.readAnswer()
            #expect(status == 502)
            #expect(text.contains(#""code":"upstream_closed""#))
        }
    }
}

/// The sandbox's end of one call.
private final class Caller {
    private enum End {
        case http1(Peer)
        case http2(H2Client, Int32)
    }

    private let end: End

    init(_ port: UInt16, _ version: AbortTests.Version, host: String, isUpload: Bool) throws {
        let head =
            "\(isUpload ? "POST" : "GET") /x HTTP/1.1\r\nHost: \(host)\r\nX-Sandbox-ID: sbx-all\r\n"
            + (isUpload ? "Content-Length: 1000000\r\n\r\n" : "\r\n")
        switch version {
        case .http1:
            let peer = try Peer(port: port)
            try peer.send(head + (isUpload ? "first" : ""))
            end = .http1(peer)
        case .http2:
            let client = try H2Client(port: port)
            let stream = try client.begin(head, ends: !isUpload)
            if isUpload { try client.send("first", on: stream, isLast: false) }
            end = .http2(client, stream)
        }
    }

    func goAway(hard: Bool) throws {
        switch end {
        case .http1(let peer): if hard { peer.reset() } else { peer.close() }
        case .http2(let client, let stream):
            if hard { client.peer.close() } else { try client.reset(stream) }
        }
    }

    /// Reads the head of the answer and what has come of its content.
    func readStart() throws {
        switch end {
        case .http1(let peer): #expect(try peer.readHead().status == 200)
        case .http2(let client, let stream):
            #expect(try client.response(to: stream) { !$0.body.isEmpty }.status == 200)
        }
    }

    func readAnswer() throws -> (status: Int, text: String) {
        switch end {
        case .http1(let peer):
            let message = try peer.readMessage()
            return (message.status, message.text)
        case .http2(let client, let stream):
            let message = try client.response(to: stream)
            return (message.status, message.text)
        }
    }

    /// Whether the answer ends without being complete.
    func isCutOff() throws -> Bool {
        switch end {
        case .http1(let peer):
            while case .bytes(let bytes) = try peer.read() { peer.received += bytes }
            return !String(decoding: peer.received, as: UTF8.self).contains("0\r\n\r\n")
        case .http2(let client, let stream):
            let message = try client.response(to: stream)
            return !message.isComplete && message.closed == .internalError
        }
    }
}

/// The service's end of one call.
private final class Service {
    private enum End {
        case http1(Peer)
        case http2(H2Server, Int32)
    }

    private let end: End

    /// Reads the head of the call.
    init(_ peer: Peer, _ version: AbortTests.Version) throws {
        switch version {
        case .http1:
            _ = try peer.readHead()
            end = .http1(peer)
        case .http2:
            let server = H2Server(peer)
            try server.readHeads(1)
            end = .http2(server, try #require(server.stream(of: "/x")))
        }
    }

    /// Begins to answer.
    func answer() throws {
        switch end {
        case .http1(let peer):
            try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        case .http2(let server, let stream):
            try server.begin(stream, "HTTP/1.1 200 OK\r\n\r\n")
            server.offer(Array("hello".utf8), on: stream, isLast: false)
            try server.flush()
        }
    }

    func goAway(hard: Bool) throws {
        switch end {
        case .http1(let peer): if hard { peer.reset() } else { peer.close() }
        case .http2(let server, let stream):
            if hard { return server.peer.close() }
            server.reset(stream, .internalError)
            try server.flush()
        }
    }

    /// Whether the caller is gone, reading what it has sent before.
    func isLeft() throws -> Bool {
        switch end {
        case .http1(let peer):
            while case .bytes = try peer.read() {}
            return true
        case .http2(let server, let stream): return try server.readClosed(stream) == .cancel
        }
    }
}
