import HTTP
import IO
import Peers
import Testing
import Transport

/// gRPC calls through a relay, HTTP/2 on both sides, and an upstream that makes trouble.
struct H2CallTests {
    private let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    private func relay(idleNanoseconds: UInt64 = 20_000_000_000) throws -> Relay {
        let address = SocketAddress(ipv4: 0x7F00_0001, port: upstream.port)
        var place = Upstream(name: "test", addresses: [address])
        place.version = .http2
        return try Relay(to: place, .init(idleNanoseconds: idleNanoseconds))
    }

    private func call(_ client: H2Client, _ path: String, fields: String = "") throws -> Int32 {
        try client.request(
            "POST \(path) HTTP/1.1\r\nhost: a\r\ncontent-type: application/grpc+proto\r\n"
                + "te: trailers\r\n\(fields)\r\n",
            body: "\0\0\0\0\u{1}x")
    }

    private static let head = "HTTP/1.1 200 OK\r\ncontent-type: application/grpc+proto\r\n\r\n"

    private func answer(_ path: String, _ server: H2Server, body: String = "") throws {
        let stream = try #require(server.stream(of: path))
        try server.begin(stream, Self.head)
        server.send(body, trailers: "grpc-status: 0\r\n\r\n", on: stream, isLast: true)
        try server.flush()
    }

    // MARK: answers that break off

    enum Trouble: CaseIterable {
        case connectionLost, reset, silence

        var status: String { self == .silence ? "4" : "14" }
    }

    @Test(arguments: Trouble.allCases)
    func `a call whose answer breaks off ends with a status`(trouble: Trouble) throws {
        let relay = try relay(
            idleNanoseconds: trouble == .silence ? 300_000_000 : 20_000_000_000)
        let client = try H2Client(port: relay.port)
        let stream = try call(client, "/s/M")
        let server = H2Server(try upstream.accept())
        try server.readHeads(1)
        let answered = try #require(server.stream(of: "/s/M"))
        try server.begin(answered, Self.head)
        server.send("\0\0\0\0\u{9}cut", on: answered, isLast: false)
        try server.flush()
        _ = try client.response(to: stream, until: { $0.body.count == 8 })
        switch trouble {
        case .connectionLost: server.peer.close()
        case .reset:
            server.reset(answered, .internalError)
            try server.flush()
        case .silence: break
        }
        let response = try client.response(to: stream)
        #expect(response["grpc-status"] == trouble.status)
        #expect(response["grpc-message"]?.isEmpty == false)
        #expect(response.body.count == 8)
        #expect(response.isComplete)
    }

    @Test func `every call of a lost connection ends, and the next one is served`() throws {
        let relay = try relay()
        let client = try H2Client(port: relay.port)
        let streams = try (0..<100).map { try call(client, "/s/M\($0)") }
        let server = H2Server(try upstream.accept())
        try server.readHeads(100)
        for number in 0..<50 {
            try server.begin(try #require(server.stream(of: "/s/M\(number)")), Self.head)
        }
        try server.flush()
        for stream in streams.prefix(50) {
            _ = try client.response(to: stream, until: { $0.status == 200 })
        }
        server.peer.close()
        for (number, stream) in streams.enumerated() {
            let response = try client.response(to: stream)
            #expect(response.isComplete)
            // What was not answered is for the handler to tell.
            #expect(number < 50 ? response["grpc-status"] == "14" : response.status == 502)
        }
        let next = try call(client, "/s/Next")
        let other = H2Server(try upstream.accept())
        try other.readHeads(1)
        try answer("/s/Next", other, body: "\0\0\0\0\0")
        #expect(try client.response(to: next)["grpc-status"] == "0")
    }

    // MARK: what the upstream wants

    /// Changes a setting behind the connection's back, once nothing else is on its way.
    private func change(_ setting: UInt8, to value: UInt8, _ server: H2Server) throws {
        try server.peer.send([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, setting, 0, 0, 0, value])
        // That of the first settings comes before.
        let acknowledgement: [UInt8] = [0, 0, 0, 4, 1, 0, 0, 0, 0]
        var bytes: [UInt8] = []
        while bytes.count < 2 * acknowledgement.count {
            guard case .bytes(let more) = try server.peer.read() else { break }
            bytes += more
        }
        #expect(bytes == acknowledgement + acknowledgement)
    }

    @Test func `calls that an upstream has not looked at are made again`() throws {
        let relay = try relay()
        let client = try H2Client(port: relay.port)
        let streams = try (1...3).map { try call(client, "/s/M\($0)") }
        let server = H2Server(try upstream.accept())
        try server.readHeads(3)
        try server.flush()
        // GOAWAY behind the first of them, which goes on.
        try server.peer.send([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
        let other = H2Server(try upstream.accept())
        try other.readHeads(2)
        for (place, stream) in other.heads.keys.sorted().enumerated() {
            try other.readContent(of: stream, count: 6)
            #expect(other.heads[stream]?.contains("POST /s/M\(place + 2) ") == true)
            try answer("/s/M\(place + 2)", other)
        }
        try answer("/s/M1", server)
        for stream in streams {
            #expect(try client.response(to: stream)["grpc-status"] == "0")
        }
    }

    @Test func `interim answers come before a call's own`() throws {
        let relay = try relay()
        let client = try H2Client(port: relay.port)
        let stream = try call(client, "/s/M")
        let server = H2Server(try upstream.accept())
        try server.readHeads(1)
        let called = try #require(server.stream(of: "/s/M"))
        try server.begin(called, "HTTP/1.1 100 Continue\r\n\r\n")
        try server.begin(called, "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
        try answer("/s/M", server, body: "\0\0\0\0\0")
        let response = try client.response(to: stream)
        // Nobody has asked for the first one.
        #expect(response.heads.map { $0.prefix(12) } == ["HTTP/1.1 103", "HTTP/1.1 200"])
        #expect(response["grpc-status"] == "0")
    }

    @Test func `an answer may be trailers alone`() throws {
        let relay = try relay()
        let client = try H2Client(port: relay.port)
        let stream = try call(client, "/s/M")
        let server = H2Server(try upstream.accept())
        try server.readHeads(1)
        let called = try #require(server.stream(of: "/s/M"))
        let status = "grpc-status: 5\r\ngrpc-message: a%20b\r\n"
        try server.begin(
            called, Self.head.replacing("\r\n\r\n", with: "\r\n\(status)\r\n"), ends: true)
        try server.flush()
        let response = try client.response(to: stream)
        #expect(response["grpc-status"] == "5")
        #expect(response["grpc-message"] == "a%20b")
        #expect(response.isComplete && response.trailers.isEmpty && response.body.isEmpty)
    }

    @Test func `a limit of streams that sinks in between is kept`() throws {
        let relay = try relay()
        let client = try H2Client(port: relay.port)
        let first = try call(client, "/s/M1")
        let server = H2Server(try upstream.accept())
        try server.readHeads(1)
        try server.readContent(of: 1, count: 6)
        try answer("/s/M1", server)
        #expect(try client.response(to: first)["grpc-status"] == "0")
        // SETTINGS_MAX_CONCURRENT_STREAMS
        try change(3, to: 1, server)
        let streams = try (2...3).map { try call(client, "/s/M\($0)") }
        try server.readHeads(2)
        let other = H2Server(try upstream.accept())
        try other.readHeads(1)
        #expect(server.heads.count == 2)
        for number in 2...3 {
            let path = "/s/M\(number)"
            try answer(path, server.stream(of: path) == nil ? other : server)
        }
        for stream in streams {
            #expect(try client.response(to: stream)["grpc-status"] == "0")
        }
    }

    @Test(arguments: [100, 8 << 10, 16 << 10, 48 << 10])
    func `metadata passes both ways, to an upstream without a table too`(size: Int) throws {
        let relay = try relay()
        let client = try H2Client(port: relay.port, limits: .upstream)
        let warmUp = try call(client, "/s/Warm")
        let server = H2Server(try upstream.accept())
        try server.readHeads(1)
        try server.readContent(of: 1, count: 6)
        try answer("/s/Warm", server)
        _ = try client.response(to: warmUp)
        // SETTINGS_HEADER_TABLE_SIZE
        try change(1, to: 0, server)
        let value = String(repeating: "QUJD", count: size / 4)
        for number in 1...3 {
            let stream = try call(
                client, "/s/M\(number)", fields: "x-own-bin: \(value)\r\n")
            try server.readHeads(number + 1)
            let called = try #require(server.stream(of: "/s/M\(number)"))
            #expect(server.heads[called]?.contains("\r\nx-own-bin: \(value)\r\n") == true)
            try server.begin(called, Self.head)
            server.send(
                "", trailers: "x-back-bin: \(value)\r\ngrpc-status: 0\r\n\r\n", on: called,
                isLast: true)
            try server.flush()
            let response = try client.response(to: stream)
            #expect(response["x-back-bin"] == value)
            #expect(response["grpc-status"] == "0")
        }
    }

    // MARK: how long a call may take

    @Test(arguments: [
        ("300m", true), ("300000u", true), ("300000n", true), ("0S", true), ("3x", false),
        ("-1S", false), ("S", false), ("123456789m", false), ("99999999H", false),
    ])
    func `a call ends with its time, if it says one`(timeout: String, ends: Bool) throws {
        let relay = try relay()
        let client = try H2Client(port: relay.port)
        let stream = try call(client, "/s/M", fields: "grpc-timeout: \(timeout)\r\n")
        let server = H2Server(try upstream.accept())
        try server.readHeads(1)
        if !ends { try answer("/s/M", server) }
        let response = try client.response(to: stream)
        #expect(ends ? response.status == 504 : response["grpc-status"] == "0")
    }
}
