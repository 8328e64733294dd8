@testable import Credentials
import HTTP
import Peers
import Testing

/// WebSockets whose handler looks into what the server says.
struct FrameInspectionTests {
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
        var options = ForwardEverything.Options(secrets: try NeedleSet([planted]))
        options.allowsWebSocket = true
        relay = try Relay(to: upstream, options)
    }

    /// Both ends of a WebSocket; the server has said `early` behind its agreement.
    private func webSocket(early: [UInt8] = []) throws -> (client: Peer, server: Peer) {
        let client = try relay.connect()
        try client.send(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: abc\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(
            Array(
                ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "X-Echo: \(Self.secret)\r\n\r\n").utf8) + early)
        #expect(try client.readHead()["x-echo"] == Self.stars)
        return (client, server)
    }

    /// The same over a stream of HTTP/2 (RFC 8441).
    private func webSocketOverHTTP2() throws -> (client: FramePeer, server: Peer) {
        let client = try FramePeer(relay.connect())
        try client.write(.headers, flags: 4, 1, FramePeer.webSocket())
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "X-Echo: \(Self.secret)\r\n\r\n")
        let head = String(decoding: try client.read(.headers).content, as: UTF8.self)
        #expect(head.contains(Self.stars))
        return (client, server)
    }

    private struct Received: Equatable {
        var opcode: UInt8
        var text: String
    }

    private func frame(
        _ text: String, _ opcode: WebSocketFrame.Opcode = .text, isFinal: Bool = true
    ) -> [UInt8] {
        let payload = Array(text.utf8)
        var bytes = [UInt8](repeating: 0, count: WebSocketFrame.headerBytesMax) + payload
        let frame = WebSocketFrame(
            isFinal: isFinal, opcode: opcode, payloadBytes: payload.count)
        let start = bytes.withUnsafeMutableBytes {
            frame.write(before: WebSocketFrame.headerBytesMax, in: $0)
        }
        return Array(bytes[start...])
    }

    /// The messages that the bytes are, pieces put together; nil while the last is not complete.
    private func messages(_ bytes: [UInt8]) throws -> [Received]? {
        var rest = bytes[...]
        var found: [Received] = []
        var open: Received?
        while !rest.isEmpty {
            let (header, payload) = rest.withUnsafeBytes { bytes in
                let count = WebSocketFrame.headerBytes(of: bytes)
                return (count, bytes.count)
            }
            guard payload >= header else { return nil }
            let frame = try rest.withUnsafeBytes {
                try WebSocketFrame(header: UnsafeRawBufferPointer(rebasing: $0[..<header]))
            }
            guard payload >= header + frame.payloadBytes else { return nil }
            let text = String(
                decoding: rest.dropFirst(header).prefix(frame.payloadBytes), as: UTF8.self)
            rest = rest.dropFirst(header + frame.payloadBytes)
            if frame.opcode.isControl {
                found.append(Received(opcode: frame.opcode.rawValue, text: text))
                continue
            }
            if frame.opcode != .continuation {
                open = Received(opcode: frame.opcode.rawValue, text: "")
            }
            open?.text += text
            if frame.isFinal, let message = open {
                found.append(message)
                open = nil
            }
        }
        return open == nil ? found : nil
    }

    private func expect(_ expected: [Received], at client: Peer) throws {
        try client.fill { bytes in
            (try? self.messages(bytes))?.map(\.count) ?? 0 == expected.count
        }
        #expect(try messages(client.received) == expected)
        client.received = []
    }

    @Test func `a secret is covered in a message, wherever it is cut`() throws {
        let (client, server) = try webSocket(early: frame("first \(Self.secret)"))
        try expect([Received(opcode: 1, text: "first \(Self.stars)")], at: client)
        let whole = frame("key \(Self.secret) and sk-plan", .binary)
        for cut in 0...whole.count {
            try server.send(Array(whole[..<cut]))
            try server.send(Array(whole[cut...]))
            try expect(
                [Received(opcode: 2, text: "key \(Self.stars) and sk-plan")], at: client)
        }
    }

    @Test func `a secret is covered across the frames of a message, and in control frames`() throws {
        let (client, server) = try webSocket()
        let middle = Self.secret.index(Self.secret.startIndex, offsetBy: 7)
        try server.send(
            frame("a \(Self.secret[..<middle])", isFinal: false)
                + frame("alive \(Self.secret)", .ping)
                + frame("", .continuation, isFinal: false)
                + frame("\(Self.secret[middle...]) z", .continuation))
        try expect(
            [
                Received(opcode: 9, text: "alive \(Self.stars)"),
                Received(opcode: 1, text: "a \(Self.stars) z"),
            ], at: client)
        try server.send(frame("") + frame(String(repeating: "x", count: 70_000)))
        try expect(
            [
                Received(opcode: 1, text: ""),
                Received(opcode: 1, text: String(repeating: "x", count: 70_000)),
            ], at: client)
    }

    @Test func `a secret is covered in messages over HTTP/2, wherever they are cut`() throws {
        let (client, server) = try webSocketOverHTTP2()
        let whole =
            frame("key \(Self.secret) and ", .binary, isFinal: false)
            + frame("alive \(Self.secret)", .ping) + frame("sk-plan", .continuation)
        let expected = [
            Received(opcode: 9, text: "alive \(Self.stars)"),
            Received(opcode: 2, text: "key \(Self.stars) and sk-plan"),
        ]
        for cut in 0...whole.count {
            try server.send(Array(whole[..<cut]))
            try server.send(Array(whole[cut...]))
            var bytes: [UInt8] = []
            while try messages(bytes)?.count != expected.count {
                bytes += try client.read(.data).content
            }
            #expect(try messages(bytes) == expected)
        }
        try client.write(.data, flags: 1, 1, Array("anything \(Self.secret)".utf8))
        try server.fill { $0.count == 9 + Self.secret.utf8.count }
        #expect(String(decoding: server.received, as: UTF8.self) == "anything \(Self.secret)")
    }

    @Test func `what is no frame resets the stream`() throws {
        let (client, server) = try webSocketOverHTTP2()
        try server.send([0xC1, 0])
        #expect(try client.read(.reset).stream == 1)
    }

    @Test(arguments: [
        [0xC1, 0], [0x81, 0x80, 1, 2, 3, 4], [0x83, 0], [0x80, 0], [0x09, 0], [0x89, 126, 0, 200],
        [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], [0x01, 0, 0x01, 0],
    ] as [[UInt8]])
    func `what is no frame, or compressed, ends the connection`(bytes: [UInt8]) throws {
        let (client, server) = try webSocket()
        try server.send(bytes)
        #expect(try client.isAtEnd())
    }

    @Test func `what the client says passes as it is`() throws {
        let (client, server) = try webSocket()
        try client.send("anything \(Self.secret)")
        try server.fill { $0.count == 9 + Self.secret.utf8.count }
        #expect(String(decoding: server.received, as: UTF8.self) == "anything \(Self.secret)")
    }
}
