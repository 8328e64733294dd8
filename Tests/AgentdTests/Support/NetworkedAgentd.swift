import DemoUpstream
import Egress
import Foundation
import IO
import Identity
import Peers
import RunningRole
import Telemetry
import Testing

/// agentd, the egress that its sandboxes reach, and what stands for the world: two services that
/// echo, one that a test scripts, and one that nobody may use.
final class NetworkedAgentd {
    static let secret = "0123456789abcdef0123456789abcdef"
    /// Keys whose sandboxes may call everything, or nothing.
    static let free = "X-Authenticated-Key-Id: free\r\nX-Rate-Limit-Tier: default\r\n"
    static let bound = "X-Authenticated-Key-Id: bound\r\nX-Rate-Limit-Tier: default\r\n"

    let agentd: RunningAgentd
    let egress: RunningRole
    let scripted: ScriptedUpstream
    private let bundle: String

    /// How agentd reaches the egress.
    struct Way {
        /// Where the egress listens.
        var listen = "127.0.0.1:0"
        /// What agentd signs sandboxes' tokens with.
        var key = NetworkedAgentd.secret
        /// More lines of `egress`, with an indent of two.
        var egress = ""
        /// More lines of `agentd.egress`, with an indent of four.
        var agentd = ""
    }

    /// - Parameters:
    ///   - settings: more lines of `agentd.egress`, with an indent of four.
    ///   - audit: more lines of `agentd`, with an indent of two.
    ///   - egressSettings: more lines of `egress`, with an indent of two.
    init(
        backend: String = "linux-native", settings: String = "", audit: String = "",
        egressSettings: String = "  forward_proxy: true\n", way: Way = Way()
    ) throws {
        let echo = try DemoUpstream(
            on: SocketAddress(ipv4: 0x7F00_0001, port: 0), certificate: nil)
        let thread = try NativeThread(name: "demo-server") {
            do { try echo.run() } catch { print("the demo server ended: \(error)") }
        }
        thread.detach()
        scripted = try ScriptedUpstream()
        bundle = NSTemporaryDirectory() + "sluice-agentd-\(UUID().uuidString)"
        try FileManager.default.copyItem(
            at: RunningRole.root.appendingPathComponent("bundles/agentd"),
            to: URL(fileURLWithPath: bundle))
        try Self.data(echo: echo.address.port, scripted: scripted.port)
            .write(toFile: bundle + "/data.json", atomically: true, encoding: .utf8)
        let configuration = try RunningRole.parse(
            """
            egress:
              listen: \(way.listen)
              admin: 127.0.0.1:0
              identity: { token_keys: ["\(Self.secret)"] }
              access_log: { path: off }
              upstream: { allow_addresses: [loopback] }
              resolver: { servers: ["127.0.0.1:1"], hosts_file: false, timeout: 50ms }
              policy: { bundle: "\(bundle)", entrypoint: agentd/authz/decision }
            \(egressSettings)
            \(way.egress)
            """)
        let section = try #require(configuration.egress)
        egress = try RunningRole([
            Egress(section, version: "test", workers: 1, log: Log(.file("/dev/null")))
        ])
        let isDirect = backend == "host-direct"
        agentd = try RunningAgentd(
            """
              sandboxes: { backend: \(backend)\(isDirect ? ", allow_host_direct: true" : "") }
              policy: { bundle: "\(bundle)", entrypoint: agentd/exec/authz/decision }
              egress:
                address: \(way.listen.hasPrefix("unix:") ? way.listen : "127.0.0.1:\(egress.port)")
                token_key: "\(way.key)"
                tier: none
                key_tiers: { free: all }
                base_urls: { ECHO_BASE_URL: echo/v1, OTHER_BASE_URL: other }
            \(settings)
            \(way.agentd)
            \(audit)
            """)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: bundle) } catch { print("\(error)") }
    }

    private static func data(echo: UInt16, scripted: UInt16) -> String {
        func service(_ port: UInt16) -> String {
            """
            { "base_url": "http://127.0.0.1:\(port)",
              "allowed_methods": ["GET", "POST", "PUT", "HEAD", "CONNECT"] }
            """
        }
        return """
            {
              "egress_services": {
                "echo": \(service(echo)), "other": \(service(echo)), "scripted": \(service(scripted))
              },
              "egress_policies": {
                "default": { "allowed_services": [], "rate_limits": {} },
                "none": { "allowed_services": [], "rate_limits": {} },
                "all": {
                  "allowed_services": ["echo", "scripted"],
                  "rate_limits": { "default": { "requests_per_minute": 10000 } }
                }
              },
              "exec_policies": { "default": { "allowed_capabilities": [
                "shell.exec.v1", "http.fetch.v1", "sandbox.create.v1"
              ] } }
            }
            """
    }

    /// A valid token of a sandbox, as its relay would send it.
    static func token(of sandbox: String) throws -> String {
        let bytes = Array(secret.utf8)
        let made = SandboxTokenKey(bytes.span)
        let key = try #require(made)
        let expiry = Int64(Date().timeIntervalSince1970) + 60
        return try #require(
            SandboxToken.mint(sandbox, tier: "all", expiresAtSeconds: expiry, key: key))
    }

    // MARK: calls

    func call(
        _ method: String, _ target: String, _ json: [String: Any]? = nil,
        fields: String = NetworkedAgentd.free
    ) throws -> (status: Int, body: [String: Any]) {
        let text = try json.map {
            String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
        }
        let response = try agentd.ask(method, target, text, fields)
        let body = try JSONSerialization.jsonObject(with: Data(response.body))
        return (response.status, body as? [String: Any] ?? [:])
    }

    func sandbox(
        network: Bool = true, fields: String = NetworkedAgentd.free, profile: String = "default"
    ) throws -> String {
        let made = try call(
            "POST", "/api/v1/sandboxes", ["network_enabled": network, "profile": profile],
            fields: fields)
        return try #require(made.body["sandbox_id"] as? String, "\(made)")
    }

    func execute(
        _ capability: String, _ parameters: [String: Any], in sandbox: String? = nil,
        _ more: [String: Any] = [:], fields: String = NetworkedAgentd.free
    ) throws -> [String: Any] {
        let data = try JSONSerialization.data(withJSONObject: parameters)
        var request: [String: Any] = [
            "capability": capability, "params_json": String(decoding: data, as: UTF8.self),
        ]
        if let sandbox { request["sandbox_prefs"] = ["sandbox_id": sandbox] }
        request.merge(more) { $1 }
        return try call("POST", "/api/v1/execute", request, fields: fields).body
    }

    /// Asks for an execution in a sandbox, without waiting for what comes of it.
    func begin(
        _ capability: String, _ parameters: [String: Any], in sandbox: String, _ fields: String = ""
    ) throws -> Peer {
        let data = try JSONSerialization.data(withJSONObject: parameters)
        let request: [String: Any] = [
            "capability": capability, "params_json": String(decoding: data, as: UTF8.self),
            "sandbox_prefs": ["sandbox_id": sandbox],
        ]
        let text = String(
            decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self)
        let peer = try Peer(port: agentd.port)
        try peer.send(
            "POST /api/v1/execute HTTP/1.1\r\nHost: x\r\n\(Self.free)\(fields)"
                + "Content-Type: application/json\r\n"
                + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)")
        return peer
    }

    /// The output of a fetch that was begun.
    func output(of peer: Peer) throws -> [String: Any] {
        let message = try peer.readMessage(answering: "POST")
        let body = try JSONSerialization.jsonObject(with: Data(message.body)) as? [String: Any]
        let text = (body?["result"] as? [String: Any])?["output_json"] as? String ?? "{}"
        let output = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return output as? [String: Any] ?? [:]
    }

    /// What a command in a sandbox wrote.
    func run(
        _ command: String, in sandbox: String, _ more: [String: Any] = [:],
        fields: String = NetworkedAgentd.free
    ) throws -> (output: String, errors: String, code: Int) {
        let response = try execute(
            "shell.exec.v1", ["command": command], in: sandbox, more, fields: fields)
        let result = try #require(response["result"] as? [String: Any], "\(response)")
        return (
            result["stdout"] as? String ?? "", result["stderr"] as? String ?? "",
            result["exit_code"] as? Int ?? 0
        )
    }

    /// The output of a fetch, or its error.
    func fetch(
        _ parameters: [String: Any], in sandbox: String? = nil, _ more: [String: Any] = [:],
        fields: String = NetworkedAgentd.free
    ) throws -> (response: [String: Any], output: [String: Any]) {
        let response = try execute(
            "http.fetch.v1", parameters, in: sandbox, more, fields: fields)
        let text = (response["result"] as? [String: Any])?["output_json"] as? String ?? "{}"
        let output = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return (response, output as? [String: Any] ?? [:])
    }
}
