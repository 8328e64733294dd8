import Foundation
import Gateway
import IO
import Peers
import RunningRole
import Telemetry
import Testing

/// A gateway before an agentd that is reached over TLS.
struct GatewayTLSTests {
    private static let token = String(repeating: "t", count: 32)
    private static let key = "X-API-Key: dev-api-key-change-in-production\r\n"
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    /// - Parameters:
    ///   - callers: how agentd knows them: lines of its section, with an indent of two.
    ///   - tls: more of its `tls`.
    private func agentd(
        _ callers: String = "  token: \(token)\n", tls: String = ""
    ) throws -> RunningAgentd {
        let server = try authority.issue(.init(names: "DNS:agentd.test"))
        return try RunningAgentd(
            "  listen: 127.0.0.1:0\n  grpc: 127.0.0.1:0\n" + callers
                + "  tls: { certificates: [{ cert: \(server.certificateFile), "
                + "key: \(server.keyFile) }]\(tls) }\n"
                + "  sandboxes: { backend: host-direct, allow_host_direct: true }\n"
                + "  policy: { bundle: \(RunningRole.shippedBundle), "
                + "entrypoint: agentd/exec/authz/decision }\n")
    }

    /// - Parameter settings: more of both upstreams.
    private func gateway(_ agentd: RunningAgentd, _ settings: String) throws -> RunningRole {
        let configuration = try RunningRole.parse(
            """
            gateway:
              listen: 127.0.0.1:0
              admin: 127.0.0.1:0
              upstreams:
                agentd_http: { address: 127.0.0.1:\(agentd.port)\(settings) }
                agentd_grpc: { address: 127.0.0.1:\(agentd.grpcPort), protocol: http2\(settings) }
              policy: { bundle: \(RunningRole.shippedBundle), entrypoint: agentd/authz/decision }
              rate_limit: { global: off, anonymous: off }
              access_log: { path: off }
            """)
        let section = try #require(configuration.gateway)
        return try RunningRole([
            Gateway(section, version: "test", workers: 1, log: Log(.file("/dev/null")))
        ])
    }

    private func tls(
        _ file: String? = nil, _ more: String = "", name: String = "agentd.test"
    ) -> String {
        ", tls: { ca_file: \(file ?? authority.certificateFile), server_name: \(name)\(more) }"
    }

    private func execute(_ gateway: RunningRole) throws -> Message {
        let parameters = #"{\"command\":\"echo over TLS\"}"#
        let json = #"{"capability":"shell.exec.v1","params_json":"\#(parameters)"}"#
        let peer = try gateway.connect()
        try peer.send(
            "POST /api/v1/execute HTTP/1.1\r\nHost: x\r\n\(Self.key)"
                + "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n"
                + json)
        return try peer.readMessage(answering: "POST")
    }

    private func health(_ gateway: RunningRole) throws -> H2Message {
        let client = try H2Client(port: gateway.port)
        let stream = try client.request(
            "POST /agentd.v1.Agentd/Health HTTP/1.1\r\nhost: x\r\n\(Self.key)"
                + "content-type: application/grpc\r\nte: trailers\r\n\r\n",
            body: "\0\0\0\0\0")
        return try client.response(to: stream)
    }

    private func expectService(_ gateway: RunningRole) throws {
        let answer = try execute(gateway)
        #expect(answer.status == 200)
        #expect(answer.text.contains(#""stdout":"over TLS\n""#), "\(answer.text)")
        let called = try health(gateway)
        #expect(called["grpc-status"] == "0")
        #expect(called.text.contains("healthy"))
    }

    private func expectNobody(_ gateway: RunningRole, _ code: String) throws {
        let answer = try execute(gateway)
        #expect(answer.status == 502)
        #expect(answer.text.contains(code), "\(answer.text)")
        #expect(try health(gateway)["grpc-status"] == "14")
    }

    @Test func `an agentd that proves itself is asked, by HTTP and by gRPC`() throws {
        let agentd = try agentd()
        try expectService(try gateway(agentd, "\(tls()), token: \(Self.token)"))
        // Who it is, is not enough: callers have to prove themselves as well.
        let stranger = try gateway(agentd, tls())
        #expect(try execute(stranger).status == 401)
        #expect(try health(stranger)["grpc-status"] == "16")
    }

    @Test func `one that does not is not asked`() throws {
        let agentd = try agentd()
        let stranger = try TestAuthority(name: "stranger")
        for way in [tls(stranger.certificateFile), tls(name: "other.test")] {
            try expectNobody(
                try gateway(agentd, "\(way), token: \(Self.token)"), "upstream_tls_failed")
        }
    }

    @Test func `who does not speak TLS gets no answer from it`() throws {
        let agentd = try agentd()
        let answer = try execute(try gateway(agentd, ", token: \(Self.token)"))
        #expect(answer.status == 502, "\(answer.text)")
    }

    @Test func `a gateway's certificate is proof enough`() throws {
        let agentd = try agentd(
            "", tls: ", client_ca: \(authority.certificateFile), client_auth: required")
        let own = try authority.issue(.init(names: "DNS:gateway.test"))
        let certificate = ", certificate: \(own.certificateFile), key: \(own.keyFile)"
        try expectService(try gateway(agentd, tls(nil, certificate)))
        let without = try execute(try gateway(agentd, tls()))
        #expect(without.status == 502, "\(without.text)")
        let stranger = try TestAuthority(name: "stranger")
        let foreign = try stranger.issue(.init(names: "DNS:gateway.test"))
        let other = ", certificate: \(foreign.certificateFile), key: \(foreign.keyFile)"
        #expect(try execute(try gateway(agentd, tls(nil, other))).status == 502)
    }
}
