internal import Bytes

/// Where an external service is: the `base_url` of its data, taken apart. Only what every reader
/// understands in one way is one: no user information, query or fragment, no encoded or dotted
/// path, and a host that is plainly a name or an address.
public struct ServiceOrigin: Sendable, Hashable {
    public let isTLS: Bool
    /// Lower case; IPv6 without brackets.
    public let host: String
    public let port: UInt16
    /// What stands before every path: empty, or `/a/b` without a slash at its end.
    public let pathPrefix: String

    /// Nil for anything but `http://` or `https://`, a host, an optional port and path.
    public init?(_ url: String) {
        var rest = url[...]
        if rest.hasPrefix("https://") {
            (isTLS, rest) = (true, rest.dropFirst("https://".count))
        } else if rest.hasPrefix("http://") {
            (isTLS, rest) = (false, rest.dropFirst("http://".count))
        } else {
            return nil
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let (host, port) = Self.authority(rest[..<slash]),
            let path = Self.path(rest[slash...])
        else { return nil }
        self.host = host
        self.port = port ?? (isTLS ? 443 : 80)
        pathPrefix = path
    }

    /// What `Host` says: the port only when it is not the scheme's own.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func authority(_ text: Substring) -> (host: String, port: UInt16?)? {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let address = text[text.index(after: text.startIndex)..<end]
            guard isIPv6(address) else { return nil }
            return port(text[text.index(after: end)...]).map { (address.lowercased(), $0) }
        }
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        guard isHostName(text[..<colon]) else { return nil }
        return port(text[colon...]).map { (text[..<colon].lowercased(), $0) }
    }

    /// Nil when it is none; nil inside when there is none.
    private static func port(_ text: Substring) -> UInt16?? {
        guard text.first == ":" else { return text.isEmpty ? .some(nil) : nil }
        let digits = text.dropFirst()
        guard digits.utf8.allSatisfy(ASCII.isDigit), digits.first != "0",
            let port = UInt16(digits)
        else { return nil }
        return .some(port)
    }

    /// A name, or four decimal numbers: no other spelling of an address.
    private static func isHostName(_ text: Substring) -> Bool {
        if DomainName(text) != nil { return true }
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4
            && numbers.allSatisfy { number in
                number.utf8.allSatisfy(ASCII.isDigit) && UInt8(number) != nil
                    && (number == "0" || number.first != "0")
            }
    }

    /// The characters of one; whether it is one, the resolver finds out.
    private static func isIPv6(_ text: Substring) -> Bool {
        let colon = UInt8(ascii: ":")
        return text.utf8.count(where: { $0 == colon }) >= 2
            && text.utf8.allSatisfy { byte in
                ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 6 || byte == colon
                    || byte == UInt8(ascii: ".")
            }
    }

    private static func path(_ text: Substring) -> String? {
        let path = text.hasSuffix("/") ? text.dropLast() : text
        guard !path.isEmpty else { return "" }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = segments.allSatisfy { segment in
            !segment.isEmpty && segment != "." && segment != ".."
                && segment.utf8.allSatisfy { byte in
                    ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 26
                        || "-._~".utf8.contains(byte)
                }
        }
        return isPlain ? String(path) : nil
    }
}
