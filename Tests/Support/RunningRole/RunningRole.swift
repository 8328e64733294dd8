public import Config
public import Foundation
internal import IO
public import Peers
public import Proxy
internal import Transport

/// Roles that serve on ports of the kernel's choice, from a thread of this process.
public final class RunningRole {
    /// The repository's folder.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The bundle that the repository ships.
    public static let shippedBundle = root.appendingPathComponent("bundles/agentd").path

    /// Of the first role.
    public let port: UInt16
    public let adminPort: UInt16
    private let roles: [any Role]
    private let server: Server
    private var isRunning = true

    /// - Parameter bufferedBytesMax: of all connections together, while decisions wait for content.
    public init(_ roles: [any Role], bufferedBytesMax: Int = 512 << 20) throws {
        self.roles = roles
        let worker = try Worker(bufferedBytesMax: bufferedBytesMax)
        for role in roles { try role.install(on: worker, index: 0) }
        let ports = roles[0].addresses.map { Self.port(of: $0.address) }
        port = ports[0]
        adminPort = ports[1]
        server = try Server(running: [worker])
    }

    deinit { stop() }

    /// A new client of the first role.
    public func connect() throws -> Peer { try Peer(port: port) }

    /// What the admin interface answers.
    public func admin(_ path: String, method: String = "GET") throws -> Message {
        let client = try Peer(port: adminPort)
        try client.send("\(method) \(path) HTTP/1.1\r\nHost: admin\r\n\r\n")
        return try client.readMessage(answering: method)
    }

    /// Starts to drain, as a signal does.
    public func drain() {
        for role in roles { role.drain() }
        server.drain()
    }

    public var hasEnded: Bool { server.hasEnded }

    public func stop() {
        guard isRunning else { return }
        isRunning = false
        server.stop()
        server.join()
        for role in roles { role.finish() }
    }

    // MARK: configuration

    /// A configuration with one role's section.
    ///
    /// - Parameters:
    ///   - section: of the role: its name and its own lines, with an indent of two.
    ///   - settings: more such lines, of the test's own.
    ///   - presets: what holds of keys that `settings` does not have.
    public static func configuration(
        _ section: String, settings: String, presets: KeyValuePairs<String, String>
    ) throws -> Configuration {
        var text = section
        for (key, preset) in presets where !settings.contains("\(key):") {
            text += "  \(key): \(preset)\n"
        }
        return try parse(text + settings)
    }

    public static func parse(_ text: String) throws -> Configuration {
        try Configuration.parse(
            [Configuration.Source(name: "test", bytes: Array(text.utf8))],
            surroundings: .process)
    }

    public static func port(of address: String) -> UInt16 {
        address.split(separator: ":").last.flatMap { UInt16($0) } ?? 0
    }
}
