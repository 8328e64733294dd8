import Foundation
import LeakOracle
import Peers
import Testing

/// Credentials go out to their service, and nowhere else.
struct CredentialTests {
    private static let secret = "sk-planted/secret+value=0123456789"
    private let upstream: ScriptedUpstream
    private let egress: RunningEgress
    private let file: String
    private let log: String

    init() throws {
        upstream = try ScriptedUpstream()
        let folder = NSTemporaryDirectory() + "sluice-secrets-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        file = folder + "/key"
        log = folder + "/log"
        try Self.secret.write(toFile: file, atomically: true, encoding: .utf8)
        try "${OPENAI_API_KEY}".write(
            toFile: folder + "/literal", atomically: true, encoding: .utf8)
        let port = upstream.port
        let names = [
            "bearer", "header", "query", "basic", "aws", "empty", "unset", "literal", "nowhere",
        ]
        let services = names.map { Self.service($0, port) }.joined(separator: ",\n")
        egress = try RunningEgress(
            EgressBundle(upstream: port, services: services),
            settings: """
                  access_log: { path: \(folder)/access }
                  credentials:
                    bearer: { scheme: bearer, source: "file:\(file)" }
                    header:
                      scheme: header
                      header: X-Service-Key
                      source: "file:\(file)"
                      extra_headers: { anthropic-version: "2023-06-01" }
                    query: { scheme: query, parameter: key, source: "file:\(file)" }
                    basic: { scheme: basic, username: me, password: "file:\(file)" }
                    aws:
                      scheme: aws_sigv4
                      access_key_id: AKIDEXAMPLE
                      secret_access_key: "file:\(file)"
                      region: us-east-1
                      service: dynamodb
                    empty: { scheme: bearer, source: "file:/dev/null" }
                    unset: { scheme: bearer, source: "env:SLUICE_TEST_UNSET_VARIABLE" }
                    literal: { scheme: bearer, source: "file:\(folder)/literal" }

                """,
            log: log)
    }

    private static func service(_ name: String, _ port: UInt16) -> String {
        """
        "\(name)": {
          "base_url": "http://127.0.0.1:\(port)", "allowed_methods": ["GET", "POST"],
          "auth": "\(name)"
        }
        """
    }

    private func forwarded(
        _ host: String, _ target: String = "/x", _ fields: String = "", content: String? = nil
    ) throws -> Message {
        let client = try egress.connect()
        let length = content.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        try client.send(
            "\(content == nil ? "GET" : "POST") \(target) HTTP/1.1\r\nHost: \(host)\r\n"
                + "X-Sandbox-ID: sbx-all\r\n\(fields)\(length)\r\n\(content ?? "")")
        let server = try upstream.accept()
        let message = try server.readMessage()
        try server.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try client.readMessage().status == 204)
        return message
    }

    @Test(arguments: [
        "scheme: header, header: Content-Length",
        "scheme: bearer, extra_headers: { transfer-encoding: chunked }",
        "scheme: bearer, extra_headers: { Host: elsewhere }",
    ])
    func `a credential that would frame messages does not start`(scheme: String) throws {
        let error = #expect(throws: (any Error).self) {
            try RunningEgress(
                EgressBundle(upstream: upstream.port),
                settings: "  credentials:\n    a: { \(scheme), source: \"file:\(file)\" }\n")
        }
        #expect("\(error as Any)".contains("frames messages"))
    }

    @Test func `a bearer token replaces whatever the sandbox sent`() throws {
        let message = try forwarded("bearer", "/x", "Authorization: Bearer mine\r\n")
        #expect(message.values("authorization") == ["Bearer \(Self.secret)"])
    }

    @Test func `a field of the service's own is set and its extra fields are added`() throws {
        let message = try forwarded("header", "/x", "x-service-key: mine\r\nX-Service_Key: mine\r\n")
        #expect(message.values("x-service-key") == [Self.secret])
        #expect(message["anthropic-version"] == "2023-06-01")
        let own = try forwarded("header", "/x", "Anthropic-Version: 2023-01-01\r\n")
        #expect(own.values("anthropic-version") == ["2023-01-01"])
    }

    @Test func `a parameter of the query is set in place of the sandbox's`() throws {
        let encoded = "sk-planted%2Fsecret%2Bvalue%3D0123456789"
        #expect(try forwarded("query").startLine == "GET /x?key=\(encoded) HTTP/1.1")
        #expect(
            try forwarded("query", "/x?a=b&key=mine&%6bey=mine&c").startLine
                == "GET /x?a=b&c&key=\(encoded) HTTP/1.1")
    }

    @Test func `user and password are sent as Basic has it`() throws {
        let pair = Data("me:\(Self.secret)".utf8).base64EncodedString()
        #expect(try forwarded("basic")["authorization"] == "Basic \(pair)")
    }

    @Test func `a request is signed with its content`() throws {
        let message = try forwarded("aws", "/", "Content-Type: text/plain\r\n", content: "body")
        let signature = try #require(message["authorization"])
        #expect(signature.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"))
        #expect(signature.contains("/us-east-1/dynamodb/aws4_request, SignedHeaders="))
        #expect(message["x-amz-date"] != nil)
        #expect(message.text == "body")
    }

    @Test(arguments: ["empty", "unset", "literal", "nowhere"])
    func `a credential that is not there is 503 before a byte goes out`(host: String) throws {
        let answer = try egress.ask("/x", host: host)
        #expect(answer.status == 503)
        #expect(answer["content-type"] == "application/problem+json")
        #expect(answer.text.contains(#""code":"credential_unavailable""#))
        #expect(try upstream.isUntouched())
    }

    @Test func `a service without a credential gets none`() throws {
        let message = try forwarded("echo", "/x", "Authorization: Bearer mine\r\n")
        #expect(message["authorization"] == nil)
    }

    /// Everything that comes back to the sandbox, every log, and the admin interface.
    @Test func `no secret is in anything that the process says`() throws {
        var heard: [UInt8] = []
        for host in ["bearer", "header", "query", "basic", "aws", "empty"] {
            let client = try egress.connect()
            try client.send("GET /x?a=b HTTP/1.1\r\nHost: \(host)\r\nX-Sandbox-ID: sbx-all\r\n\r\n")
            if host != "empty" {
                let server = try upstream.accept()
                _ = try server.readMessage()
                server.reset()
            }
            try client.fill { $0.count > 100 }
            heard += client.received
        }
        for path in ["/stats/prometheus", "/server_info", "/ready", "/config_dump", "/clusters"] {
            let admin = try Peer(port: egress.adminPort)
            try admin.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            heard += try admin.readMessage().body
        }
        egress.stop()
        let folder = (log as NSString).deletingLastPathComponent
        let oracle = LeakOracle([("key", Self.secret)])
        #expect(oracle.findings(in: heard).isEmpty)
        for name in ["log", "access"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
            #expect(!bytes.isEmpty)
            #expect(oracle.findings(in: Array(bytes)).isEmpty, "\(name)")
        }
        #expect(!oracle.findings(in: Array("…\(Self.secret)…".utf8)).isEmpty)
    }
}
