import Foundation
import IO
import Peers
import Testing

/// Sandboxes whose daemon reaches the egress otherwise than by a port of this machine.
struct EgressWayTests {
    private let folder: TemporaryFolder
    private let authority: TestAuthority

    init() throws {
        folder = try TemporaryFolder()
        authority = try TestAuthority()
    }

    private func socket() -> NetworkedAgentd.Way {
        NetworkedAgentd.Way(listen: "unix:\(folder.path)/egress.sock")
    }

    /// - Parameters:
    ///   - trusted: the authority that agentd believes.
    ///   - name: of the server, as agentd expects it.
    ///   - egress: more of the egress's `tls`.
    ///   - agentd: more of agentd's.
    private func secured(
        by trusted: String, name: String = "egress.test", egress: String = "", agentd: String = ""
    ) throws -> NetworkedAgentd.Way {
        let server = try authority.issue(.init(names: "DNS:egress.test"))
        return NetworkedAgentd.Way(
            egress: "  tls: { certificates: [{ cert: \(server.certificateFile), "
                + "key: \(server.keyFile) }]\(egress) }\n",
            agentd: "    tls: { ca_file: \(trusted), server_name: \(name)\(agentd) }\n")
    }

    private func expectService(_ world: NetworkedAgentd) throws {
        let sandbox = try world.sandbox()
        for command in [
            "curl -sS http://echo/one?x=1", "curl -sS --noproxy '*' http://echo:8443/one?x=1",
            "curl -sS --noproxy '*' --http2-prior-knowledge http://echo:8443/one?x=1",
            "curl -sS --proxytunnel http://echo/one?x=1",
        ] {
            let result = try world.run(command, in: sandbox)
            #expect(result.output.contains("\"path\":\"/one\""), "\(command): \(result)")
            #expect(!result.output.lowercased().contains("sandbox"))
        }
        let denied = try world.run("curl -sS -w '%{http_code}' http://other/x", in: sandbox)
        #expect(denied.output.hasSuffix("403"), "\(denied)")
        #expect(denied.output.contains("sandbox '\(sandbox)' not allowed"))
        let (response, output) = try world.fetch(["url": "https://echo/x"], in: sandbox)
        #expect(output["status_code"] as? Int == 200, "\(response)")
    }

    /// Nobody answers, and nothing was said to the service.
    private func expectNobody(_ world: NetworkedAgentd) throws {
        let sandbox = try world.sandbox()
        let result = try world.run(
            "curl -sS -w '%{http_code}' http://scripted/x", in: sandbox)
        #expect(result.output.hasSuffix("502"), "\(result)")
        let response = try world.fetch(["url": "http://scripted/x"], in: sandbox).response
        #expect(response["code"] as? String == "CONNECTION_ERROR", "\(response)")
        #expect(try world.scripted.isUntouched())
    }

    @Test func `sandboxes whose tokens the egress does not know are told so`() throws {
        let key = String(NetworkedAgentd.secret.reversed())
        let world = try NetworkedAgentd(way: NetworkedAgentd.Way(key: key))
        let response = try world.fetch(["url": "http://scripted/x"]).response
        #expect(response["code"] as? String == "REQUEST_ERROR", "\(response)")
        let error = try #require(response["error"] as? [String: Any])
        #expect((error["details_json"] as? String ?? "").contains("proxy_authentication_required"))
        #expect(error["retryable"] as? Bool == false)
        #expect(try world.scripted.isUntouched())
    }

    @Test func `an egress at a Unix socket is reached`() throws {
        try expectService(try NetworkedAgentd(way: socket()))
    }

    @Test func `a Unix socket that is not there is a bad gateway`() throws {
        let world = try NetworkedAgentd(way: socket())
        world.egress.stop()
        try expectNobody(world)
    }

    @Test func `an egress that proves itself is reached over TLS`() throws {
        try expectService(try NetworkedAgentd(way: try secured(by: authority.certificateFile)))
    }

    @Test func `one that does not is told nothing`() throws {
        let stranger = try TestAuthority(name: "stranger")
        for way in [
            try secured(by: stranger.certificateFile),
            try secured(by: authority.certificateFile, name: "other.test"),
        ] {
            try expectNobody(try NetworkedAgentd(way: way))
        }
    }

    @Test func `an egress that wants a certificate of its callers is shown agentd's`() throws {
        let authorities = ", client_ca: \(authority.certificateFile), client_auth: required"
        let own = try authority.issue(.init(names: "DNS:agentd.test"))
        try expectService(
            try NetworkedAgentd(
                way: try secured(
                    by: authority.certificateFile, egress: authorities,
                    agentd: ", certificate: \(own.certificateFile), key: \(own.keyFile)")))
        try expectNobody(
            try NetworkedAgentd(
                way: try secured(by: authority.certificateFile, egress: authorities)))
    }
}
