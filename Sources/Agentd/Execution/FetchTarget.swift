/// The URL of a fetch, as the egress is asked for it: over plain HTTP, whatever the scheme, as what
/// leaves the egress is secured if the service's own URL says so.
struct FetchTarget: Equatable {
    enum Fault: Error, Equatable {
        case unsupportedScheme
        case invalid(String)
    }

    /// For the egress as a proxy.
    let url: String

    init(_ url: String) throws(Fault) {
        guard let separator = url.firstRange(of: "://") else {
            throw .invalid("it has no scheme and no host")
        }
        let scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { throw .unsupportedScheme }
        let rest = url[separator.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = try Self.authority(rest[..<end], implied: scheme == "https" ? "443" : "80")
        let target = rest[end...]
        let isClean = target.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "\\")
        }
        guard isClean else {
            throw .invalid("its path holds what has to be percent-encoded, or a fragment")
        }
        self.url = "http://\(authority)\(target.hasPrefix("/") ? "" : "/")\(target)"
    }

    /// A service's name or host, and its port unless that is the scheme's.
    private static func authority(
        _ text: Substring, implied: String
    ) throws(Fault) -> Substring {
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        let host = text[..<colon]
        let isHost = host.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "-_.".utf8.contains(byte)
        }
        guard isHost, !host.isEmpty, host.utf8.count <= 253 else {
            throw .invalid("its host is no service's name or host")
        }
        guard colon < text.endIndex else { return host }
        let port = text[text.index(after: colon)...]
        guard UInt16(port) ?? 0 > 0, port.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
            throw .invalid("its port is no number from 1 to 65535")
        }
        return port == implied ? host : text
    }
}
