import Foundation
import HTTP
import IO
import Peers
import Proxy
import Testing
import Transport

/// Every refusal there is, provoked over a socket: problem details with the status and the code that
/// the one list has for it.
struct ErrorPathTests {
    /// How a refusal shows.
    private enum Path {
        case answer(Message)
        /// Nobody can be told: the client is gone, or has the beginning of an answer.
        case record
        /// Of the gateway's requests alone.
        case elsewhere
    }

    static let all: [Refusal] =
        [
            .overloaded(retryAfterSeconds: 1), .targetAmbiguous, .routeNotFound, .methodNotAllowed,
            .credentialMissing, .credentialAmbiguous, .credentialInvalid,
            .addressLimited(retryAfterSeconds: 1), .keyLimited, .sandboxLimited, .sandboxMissing,
            .sandboxInvalid, .proxyAuthenticationRequired, .serviceUnknown, .credentialUnavailable,
            .contentTooLargeToSign, .requestNotSignable, .denied(status: 403), .policyFailed,
        ] + faults.map { .transport($0) }

    private static let faults: [TransportFault] = [
        .malformedHead(HeadError(.requestLineMalformed, at: 0)),
        .malformedHead(HeadError(.targetTooLong, at: 0)),
        .malformedHead(HeadError(.expectationUnsupported, at: 0)),
        .malformedHead(HeadError(.tooManyFields, at: 0)),
        .malformedHead(HeadError(.transferCodingUnsupported, at: 0)),
        .malformedHead(HeadError(.versionUnsupported, at: 0)),
        .malformedContent(.chunkSizeMalformed), .malformedContent(.trailersTooLong),
        .requestTimeout, .protocolRefused, .clientClosed, .connectFailed(SystemError(111)),
        .unresolved(.pending), .unresolved(.notFound), .unresolved(.noAddress),
        .unresolved(.addressRefused), .unresolved(.serverFailed), .unresolved(.timeout),
        .connectTimeout, .tlsFailed(.unusable), .overflow, .upstreamClosed, .upstreamTimeout,
        .malformedResponse, .codedContent, .tunnelIdle, .buffersFull, .headTooLarge, .drained,
    ]

    private let upstream: ScriptedUpstream
    private let folder: String
    private var log: String { folder + "/access" }

    init() throws {
        upstream = try ScriptedUpstream()
        folder = NSTemporaryDirectory() + "sluice-paths-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try "planted-secret-0123456789".write(
            toFile: folder + "/key", atomically: true, encoding: .utf8)
    }

    @Test(arguments: all)
    func `a refusal is a problem with its status and code`(refusal: Refusal) throws {
        switch try provoke(refusal) {
        case .elsewhere: #expect(Self.isGateways(refusal))
        case .record:
            let lines = try String(contentsOfFile: log, encoding: .utf8)
            #expect(lines.contains(#""reason":"\#(refusal.code)""#), "\(lines)")
        case .answer(let answer):
            #expect(answer.status == refusal.status)
            #expect(answer["content-type"] == "application/problem+json")
            let problem = try #require(
                try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
            #expect(problem["code"] as? String == "\(refusal.code)")
            #expect(problem["status"] as? Int == refusal.status)
            #expect(problem["detail"] as? String == "\(refusal.detail)")
            #expect((problem["title"] as? String)?.isEmpty == false)
            let id = try #require(problem["decision_id"] as? String)
            #expect(problem["instance"] as? String == "urn:uuid:\(id)")
            let error = try #require(problem["error"] as? [String: Any])
            #expect(error["code"] as? String == "\(refusal.code)")
            #expect(error["message"] as? String == "\(refusal.detail)")
            #expect(error["type"] is String)
        }
    }

    private static func isGateways(_ refusal: Refusal) -> Bool {
        switch refusal {
        case .overloaded, .routeNotFound, .credentialMissing, .credentialAmbiguous,
            .credentialInvalid, .addressLimited, .keyLimited:
            true
        default: false
        }
    }

    // MARK: the egress of each case

    /// - Parameters:
    ///   - service: more members of the service `odd`.
    ///   - connection: what the configuration says of it.
    private func running(
        service: String = "", scheme: String = "http", host: String = "127.0.0.1",
        connection: String = "{}", credential: String = "", _ settings: String = "",
        limit: Int = 1000, bufferedBytesMax: Int = 512 << 20
    ) throws -> RunningEgress {
        let auth = credential.isEmpty ? "" : #", "auth": "odd""#
        let services = """
            "odd": {
              "base_url": "\(scheme)://\(host):\(upstream.port)",
              "allowed_methods": ["GET", "POST", "CONNECT"]\(auth)\(service)
            }
            """
        return try RunningEgress(
            EgressBundle(upstream: upstream.port, services: services, limit: limit),
            settings: """
                  access_log: { path: "\(log)" }
                  services: { odd: \(connection) }
                  credentials: { \(credential.isEmpty ? "" : "odd: { \(credential) }") }
                \(settings)

                """,
            bufferedBytesMax: bufferedBytesMax)
    }

    private var bearer: String { "scheme: bearer, source: \"file:\(folder)/key\"" }

    private var signature: String {
        "scheme: aws_sigv4, access_key_id: AKIDEXAMPLE, "
            + "secret_access_key: \"file:\(folder)/key\", region: us-east-1, service: dynamodb"
    }

    private static let head = "Host: odd\r\nX-Sandbox-ID: sbx-all\r\n"

    private func sent(_ text: String, to egress: RunningEgress) throws -> Path {
        let client = try egress.connect()
        try client.send(text)
        return .answer(try withExtendedLifetime(egress) { try client.readMessage() })
    }

    private func asked(
        _ egress: RunningEgress, _ target: String = "/x", sandbox: String? = "sbx-all",
        _ fields: String = ""
    ) throws -> Path {
        .answer(try egress.ask(target, host: "odd", sandbox: sandbox, fields))
    }

    /// The call that the service answers with these bytes, and then its end.
    private func answered(_ egress: RunningEgress, with bytes: String) throws -> Path {
        let client = try egress.connect()
        try client.send("GET /x HTTP/1.1\r\n\(Self.head)\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(bytes)
        server.close()
        return .answer(try withExtendedLifetime(egress) { try client.readMessage() })
    }

    private func provoke(_ refusal: Refusal) throws -> Path {
        switch refusal {
        case .overloaded, .routeNotFound, .credentialMissing, .credentialAmbiguous,
            .credentialInvalid, .addressLimited, .keyLimited:
            return .elsewhere
        case .targetAmbiguous: return try asked(running(), "/a%2fb")
        case .methodNotAllowed:
            return try sent(
                "CONNECT odd:1 HTTP/1.1\r\nHost: odd:1\r\nX-Sandbox-ID: sbx-all\r\n\r\n",
                to: running())
        case .sandboxLimited:
            upstream.close()
            let egress = try running(limit: 1)
            _ = try asked(egress)
            return try asked(egress)
        case .sandboxMissing: return try asked(running(), sandbox: nil)
        case .sandboxInvalid: return try asked(running(), sandbox: "a b")
        case .proxyAuthenticationRequired:
            return try asked(running("  forward_proxy: true"), "http://odd/x", sandbox: nil)
        case .serviceUnknown: return .answer(try running().ask("/x", host: "elsewhere"))
        case .credentialUnavailable:
            return try asked(running(credential: "scheme: bearer, source: \"file:/dev/null\""))
        case .contentTooLargeToSign:
            let length = (1 << 20) + 1
            let content = String(repeating: "a", count: length)
            return try sent(
                "POST /x HTTP/1.1\r\n\(Self.head)Content-Length: \(length)\r\n\r\n\(content)",
                to: running(credential: signature))
        case .requestNotSignable:
            return try asked(
                running(credential: signature), "/x", "X-Amz-Content-SHA256: nonsense\r\n")
        case .denied: return try asked(running(service: #", "allowed_paths": ["/one"]"#))
        case .policyFailed: return try failedPolicy()
        case .transport(let fault): return try provoke(fault)
        }
    }

    /// Two rules that do not agree.
    private func failedPolicy() throws -> Path {
        let bundle = try EgressBundle(upstream: upstream.port)
        try "package agentd.authz\ndecision := 1 if input.parsed_path\n".write(
            toFile: bundle.path + "/conflict.rego", atomically: true, encoding: .utf8)
        return .answer(try RunningEgress(bundle).ask("/x"))
    }

    private func provoke(_ fault: TransportFault) throws -> Path {
        switch fault {
        case .malformedHead(let error): return try malformedHead(error.reason)
        case .malformedContent(let error): return try malformedContent(error)
        case .requestTimeout:
            return try sent(
                "GET /x HTTP/1.1\r\nHost: odd\r\n", to: running("  limits: { header_timeout: 50ms }"))
        case .protocolRefused: return try protocolRefused()
        case .clientClosed: return try clientClosed()
        case .connectFailed:
            upstream.close()
            return try asked(running())
        case .unresolved(let failure): return try unresolved(failure)
        case .connectTimeout: return try connectTimeout()
        case .tlsFailed:
            let egress = try running(scheme: "https")
            let client = try egress.connect()
            try client.send("GET /x HTTP/1.1\r\n\(Self.head)\r\n")
            let server = try upstream.accept()
            try server.send("this is no TLS\r\n\r\n")
            return .answer(try withExtendedLifetime(egress) { try client.readMessage() })
        case .overflow: return try overflow()
        case .upstreamClosed: return try answered(running(), with: "")
        case .upstreamTimeout:
            let egress = try running(service: #", "timeout": "50ms""#)
            let client = try egress.connect()
            try client.send("GET /x HTTP/1.1\r\n\(Self.head)\r\n")
            let server = try upstream.accept()
            _ = try server.readHead()
            return .answer(try withExtendedLifetime(egress) { try client.readMessage() })
        case .malformedResponse: return try answered(running(), with: "nonsense\r\n\r\n")
        case .codedContent:
            return try answered(
                running(credential: bearer),
                with: "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\na")
        case .tunnelIdle: return try tunnelIdle()
        case .buffersFull: return try buffersFull()
        case .headTooLarge:
            let value = String(repeating: "a", count: 1000)
            let headers = (0..<70).map { "\"x-\($0)\": \"\(value)\"" }.joined(separator: ",")
            return try asked(running(service: ", \"headers\": { \(headers) }"))
        case .drained: return try drained()
        }
    }

    // MARK: what the client does

    private func malformedHead(_ reason: HeadError.Reason) throws -> Path {
        let egress = try running()
        let fields = (0..<200).map { "X-\($0): a\r\n" }.joined()
        let head =
            switch reason {
            case .targetTooLong: "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n\(Self.head)"
            case .expectationUnsupported: "GET /x HTTP/1.1\r\n\(Self.head)Expect: more\r\n"
            case .tooManyFields: "GET /x HTTP/1.1\r\n\(Self.head)\(fields)"
            case .transferCodingUnsupported:
                "POST /x HTTP/1.1\r\n\(Self.head)Transfer-Encoding: gzip, chunked\r\n"
            case .versionUnsupported: "GET /x HTTP/3.0\r\n\(Self.head)"
            default: "GET  /x HTTP/1.1\r\n\(Self.head)"
            }
        return try sent(head + "\r\n", to: egress)
    }

    private func malformedContent(_ error: BodyError) throws -> Path {
        let line = "x-last: \(String(repeating: "a", count: 100))\r\n"
        let content =
            error == .trailersTooLong
            ? "0\r\n" + String(repeating: line, count: 3000) : "nonsense\r\n"
        let egress = try running()
        let client = try egress.connect()
        try client.send("POST /x HTTP/1.1\r\n\(Self.head)Transfer-Encoding: chunked\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        _ = client.sendSome(Array(content.utf8)[...])
        return .answer(try withExtendedLifetime(egress) { try client.readMessage() })
    }

    /// A WebSocket over HTTP/2 to a service that allows none.
    private func protocolRefused() throws -> Path {
        let egress = try running()
        let client = try FramePeer(egress.connect())
        let head =
            FramePeer.webSocket(authority: "odd") + FramePeer.literal("x-sandbox-id", "sbx-all")
        try client.write(.headers, flags: 4, 1, head)
        // The fields of the answer are compressed: the log has its status.
        _ = try client.read(.headers)
        let text = String(decoding: try client.read(.data).content, as: UTF8.self)
        #expect(text.contains(#""code":"protocol_refused""#) && text.contains(#""status":501"#))
        client.peer.close()
        egress.stop()
        return .record
    }

    private func clientClosed() throws -> Path {
        let egress = try running()
        let client = try egress.connect()
        try client.send("GET /x HTTP/1.1\r\n\(Self.head)\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        client.close()
        #expect(try server.isAtEnd())
        egress.stop()
        return .record
    }

    /// The first of two requests waits for content that fills what may be held.
    private func buffersFull() throws -> Path {
        let egress = try running(credential: signature, bufferedBytesMax: 50_000)
        let head = "POST /x HTTP/1.1\r\n\(Self.head)Content-Length: 200000\r\n\r\n"
        let first = try egress.connect()
        try first.send(head + String(repeating: "a", count: 150_000))
        // Its answer tells that what came before it was read.
        _ = try egress.ask("/x", host: "elsewhere")
        return try sent(head + "a", to: egress)
    }

    private func drained() throws -> Path {
        let egress = try running()
        let client = try egress.connect()
        try client.send("GET /x HTTP/1.1\r\n\(Self.head)\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        egress.stop()
        #expect(try client.isAtEnd())
        return .record
    }

    // MARK: what the service does

    private func unresolved(_ failure: ResolutionFailure) throws -> Path {
        let answer: DNSServer.Answer =
            switch failure {
            case .pending, .timeout: .silent
            case .notFound: .notFound
            case .noAddress: .addresses([])
            case .addressRefused: .addresses(["10.0.0.1"])
            case .serverFailed: .serverFailure
            }
        let server = try DNSServer(answer)
        let timeout = failure == .pending ? "30s" : "50ms"
        return try asked(
            running(
                host: "service.test",
                "  resolver: { servers: [\"\(server.address)\"], hosts_file: false, "
                    + "timeout: \(timeout) }"))
    }

    /// A listener whose queue is full takes no further connection (listen(2)).
    private func connectTimeout() throws -> Path {
        let address = SocketAddress(ipv4: 0x7F00_0001, port: 0)
        let listener = try Socket.listen(on: address, backlog: 0).release()
        defer { Socket.close(listener) }
        let port = Socket.localAddress(listener)?.port ?? 0
        let full = SocketAddress(ipv4: 0x7F00_0001, port: port)
        let waiting = try (0..<8).map { _ in try Peer(adopting: Socket.connect(to: full).release()) }
        defer { for peer in waiting { peer.close() } }
        return try asked(
            running(connection: "{ address: \"127.0.0.1:\(port)\", connect_timeout: 50ms }"))
    }

    private func overflow() throws -> Path {
        let egress = try running(connection: "{ connections: 1 }")
        let first = try egress.connect()
        try first.send("GET /x HTTP/1.1\r\n\(Self.head)\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        return try asked(egress)
    }

    private func tunnelIdle() throws -> Path {
        let egress = try running(
            service: #", "allow_websocket": true, "timeout": "50ms""#)
        let client = try egress.connect()
        try client.send(
            "GET /x HTTP/1.1\r\n\(Self.head)Connection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: abc\r\n\r\n")
        let server = try upstream.accept()
        _ = try server.readHead()
        try server.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        _ = try client.readHead()
        #expect(try client.isAtEnd())
        egress.stop()
        return .record
    }
}
