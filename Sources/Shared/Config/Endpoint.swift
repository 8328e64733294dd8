internal import Glibc

/// Where to listen or connect to.
public enum Endpoint: Sendable, Hashable {
    /// A host name or an IP address (IPv6 without brackets) and a port.
    case tcp(host: String, port: UInt16)
    case unix(path: String)

    /// Reads `HOST:PORT`, `[IPV6]:PORT` or `unix:/PATH`.
    init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            // sockaddr_un holds 108 bytes with the closing NUL.
            guard path.hasPrefix("/"), path.utf8.count <= 107 else { return nil }
            self = .unix(path: path)
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
        self = .tcp(host: String(host), port: port)
    }

    /// An address that a socket can be bound to without resolving a name.
    var isBindable: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): Self.isIPv4(host) || Self.isIPv6(host)
        }
    }

    var port: UInt16? {
        switch self {
        case .unix: nil
        case .tcp(_, let port): port
        }
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
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
