import Foundation

/// The shipped policies with data of a test's own, in a folder of their own.
final class EgressBundle {
    let path: String

    /// Three services at one upstream; tiers that allow none, one and all of them.
    ///
    /// - Parameters:
    ///   - upstream: the port that every service leads to.
    ///   - services: more services, as members of a JSON object.
    ///   - limit: requests a minute of the tier `all`.
    init(upstream: UInt16, services: String = "", limit: Int = 1000) throws {
        path = try Self.copyOfShipped()
        try write(Self.data(upstream, services, limit))
    }

    /// The shipped data as it is, with more sandboxes and their tiers.
    init(addingSandboxes sandboxes: [String: String]) throws {
        path = try Self.copyOfShipped()
        let shipped = try String(contentsOfFile: path + "/data.json", encoding: .utf8)
        let known = #""sandbox-test-001": "restricted""#
        let more = sandboxes.map { ", \"\($0)\": \"\($1)\"" }.joined()
        try write(shipped.replacingOccurrences(of: known, with: known + more))
    }

    private static func copyOfShipped() throws -> String {
        let path = NSTemporaryDirectory() + "sluice-egress-\(UUID().uuidString)"
        let shipped = RunningEgress.root.appendingPathComponent("bundles/agentd")
        try FileManager.default.copyItem(at: shipped, to: URL(fileURLWithPath: path))
        return path
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { print("\(error)") }
    }

    /// Replaces the data.
    func write(_ data: String) throws {
        try data.write(toFile: path + "/data.json", atomically: true, encoding: .utf8)
    }

    static func data(_ upstream: UInt16, _ services: String, _ limit: Int) -> String {
        let more = services.isEmpty ? "" : ", " + services
        return """
            {
              "egress_services": {
                "echo": {
                  "base_url": "http://127.0.0.1:\(upstream)",
                  "allowed_methods": ["GET", "POST", "PUT", "HEAD"]
                },
                "narrow": {
                  "base_url": "http://127.0.0.1:\(upstream)/api",
                  "allowed_methods": ["GET"],
                  "allowed_paths": ["/one", "/repos/**", "/users/*"],
                  "headers": { "anthropic-version": "2023-06-01", "user-agent": "sluice" }
                }\(more)
              },
              "egress_policies": {
                "default": { "allowed_services": [], "rate_limits": {} },
                "restricted": {
                  "allowed_services": ["echo"],
                  "rate_limits": { "default": { "requests_per_minute": 10 } }
                },
                "all": {
                  "allowed_services": ["*"],
                  "rate_limits": { "default": { "requests_per_minute": \(limit) } }
                }
              },
              "sandbox_policies": {
                "sbx-restricted": "restricted", "sbx-all": "all", "sbx-none": "default"
              }
            }
            """
    }
}
