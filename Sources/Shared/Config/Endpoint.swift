internal import Glibc

/// Where to listen or connect to.
public struct Endpoint: Sendable, Hashable {
    /// A name or an IP address, IPv6 without brackets.
    public let host: String
    public let port: UInt16
    /// The path of a Unix socket in place of host and port, which say nothing then.
    public let unixPath: String?

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
        unixPath = nil
    }

    public init(unixPath: String) {
        host = ""
        port = 0
        self.unixPath = unixPath
    }

    /// What fits into a `sockaddr_un` (unix(7)).
    static func isSocketPath(_ path: String) -> Bool {
        !path.isEmpty && path.utf8.count <= 107 && !path.utf8.contains(0)
    }

    /// Reads `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard Self.isSocketPath(path) else { return nil }
            self.init(unixPath: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }),
            let port = UInt16(digits)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard Self.isIPv6(String(host)) else { return nil }
        } else {
            guard Self.isIPv4(String(host)) || Self.isHostName(host) else { return nil }
        }
        self.init(host: String(host), port: port)
    }

    /// An address that a socket can be bound to without resolving a name.
    public var isBindable: Bool { Self.isIPv4(host) || Self.isIPv6(host) }

    /// Whether only this machine can connect to it.
    public var isLoopback: Bool {
        unixPath != nil || host == "::1" || (host.hasPrefix("127.") && Self.isIPv4(host))
    }

    private static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    private static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }

    /// Letters, digits, `-`, `_` and `.`, and not all digits and dots (a mistyped address).
    private static func isHostName(_ text: Substring) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        guard text.utf8.contains(where: { ($0 | 0x20) &- 0x61 < 26 }) else { return false }
        return text.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "_")
        }
    }
}

extension Endpoint: CustomStringConvertible {
    public var description: String {
        if let unixPath { return "unix:\(unixPath)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
