import Foundation
import IO
import Peers
import Testing

/// Sandboxes that prove who they are by their connection.
struct IdentityTests {
    private let upstream: ScriptedUpstream
    private let folder: String

    init() throws {
        upstream = try ScriptedUpstream()
        folder = "/tmp/sluice-id-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func running(_ settings: String) throws -> RunningEgress {
        try RunningEgress(EgressBundle(upstream: upstream.port), settings: settings)
    }

    private func sockets() throws -> RunningEgress {
        try running(
            """
              identity:
                sockets:
                  - { path: \(folder)/all.sock, sandbox: sbx-all }
                  - { path: \(folder)/users.sock, users: { "\(getuid())": sbx-restricted } }
                  - { path: \(folder)/others.sock, users: { "4000000000": sbx-all } }

            """)
    }

    private func ask(_ path: String, _ fields: String = "") throws -> Peer {
        let client = Peer(adopting: try Socket.connect(toPath: "\(folder)/\(path)").release())
        try client.send("GET /x HTTP/1.1\r\nHost: echo\r\n\(fields)\r\n")
        return client
    }

    private func serve() throws -> Message {
        let server = try upstream.accept()
        let request = try server.readMessage()
        try server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        return request
    }

    @Test(arguments: ["all.sock", "users.sock"])
    func `who connects to a socket is the sandbox that it is for`(path: String) throws {
        let egress = try sockets()
        defer { egress.stop() }
        let client = try ask(path)
        _ = try serve()
        #expect(try client.readMessage().text == "ok")
        let id = path == "all.sock" ? "sbx-all" : "sbx-restricted"
        let named = try ask(path, "X-Sandbox-ID: \(id)\r\n")
        _ = try serve()
        #expect(try named.readMessage().status == 200)
    }

    @Test func `the log says who connected to a socket`() throws {
        let egress = try running(
            """
              access_log: { path: \(folder)/access }
              identity: { sockets: [{ path: \(folder)/all.sock, sandbox: sbx-all }] }

            """)
        let client = try ask("all.sock")
        _ = try serve()
        _ = try client.readMessage()
        egress.stop()
        let line = try String(contentsOfFile: folder + "/access", encoding: .utf8)
        #expect(line.contains(#""client":"unix:uid=\#(getuid()),pid=\#(getpid())""#), "\(line)")
    }

    @Test func `policy sees the ends of a socket as Envoy has them`() throws {
        let bundle = try EgressBundle(upstream: upstream.port)
        try """
        package agentd.authz

        ends := [input.attributes.source.address, input.attributes.destination.address]

        decision := {"allowed": false, "deny_reasons": {json.marshal(ends)}}
        """.write(toFile: bundle.path + "/authz_router.rego", atomically: true, encoding: .utf8)
        try FileManager.default.removeItem(atPath: bundle.path + "/authz_router_test.rego")
        let egress = try RunningEgress(
            bundle,
            settings: "  identity: { sockets: [{ path: \(folder)/all.sock, sandbox: sbx-all }] }\n")
        defer { egress.stop() }
        let answer = try ask("all.sock").readMessage()
        #expect(answer.status == 403)
        #expect(answer.text.contains(#"[{\"pipe\":{}},{\"pipe\":{}}]"#), "\(answer.text)")
    }

    @Test func `nobody is believed who says something else`() throws {
        let egress = try sockets()
        defer { egress.stop() }
        #expect(try ask("others.sock").readMessage().status == 401)
        #expect(try ask("users.sock", "X-Sandbox-ID: sbx-all\r\n").readMessage().status == 401)
        #expect(try egress.ask("/x").status == 401)
        #expect(try upstream.isUntouched())
    }

    @Test func `a socket's file is its users' alone, and gone with the egress`() throws {
        let egress = try sockets()
        let path = folder + "/all.sock"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o660)
        #expect(throws: (any Error).self) { try sockets() }
        egress.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a socket that a dead process left is replaced, another file is not`() throws {
        try FileManager.default.createDirectory(
            atPath: folder + "/others.sock", withIntermediateDirectories: true)
        #expect(throws: (any Error).self) { try sockets() }
        try FileManager.default.removeItem(atPath: folder + "/others.sock")
        // Closed without removing its file, as a killed process leaves it.
        _ = try Socket.listen(atPath: folder + "/left.sock", mode: 0o600)
        let egress = try running(
            "  identity: { sockets: [{ path: \(folder)/left.sock, sandbox: sbx-all }] }\n")
        defer { egress.stop() }
        let client = try ask("left.sock")
        _ = try serve()
        #expect(try client.readMessage().status == 200)
    }

    @Test func `a certificate names the sandbox, and only below the configured beginning`() throws {
        let authority = try TestAuthority()
        let server = try authority.issue(.init(names: "DNS:localhost"))
        let egress = try running(
            """
              tls:
                certificates:
                  - { cert: \(server.certificateFile), key: \(server.keyFile) }
                client_ca: \(authority.certificateFile)
                client_auth: optional
              identity: { certificates: { uri_prefix: "spiffe://test/sandbox/" } }

            """)
        defer { egress.stop() }
        func status(_ names: String?, _ fields: String = "") throws -> String {
            let credential = try names.map { try authority.issue(.init(names: $0)) }
            let context = try TLSClientContext(
                authorities: .file(authority.certificateFile), credential: credential)
            let client = try TLSPeer(port: egress.port, context)
            try client.send("GET /x HTTP/1.1\r\nHost: echo\r\n\(fields)\r\n")
            return String(try client.read(until: "\r\n").dropFirst(9).prefix(3))
        }
        for (names, fields) in [
            (nil, ""), (nil, "X-Sandbox-ID: sbx-all\r\n"),
            ("DNS:sbx-all", ""), ("URI:spiffe://other/sandbox/sbx-all", ""),
            ("URI:spiffe://test/sandbox/sbx-all", "X-Sandbox-ID: sbx-restricted\r\n"),
            ("URI:spiffe://test/sandbox/", ""), ("URI:spiffe://test/sandbox/a/b", ""),
        ] as [(String?, String)] {
            #expect(try status(names, fields) == "401", "\(names ?? "none") \(fields)")
        }
        #expect(try status("URI:spiffe://test/sandbox/sbx-none") == "403")
    }
}
