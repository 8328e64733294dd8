internal import CLinux
internal import Glibc

/// Turns a configured host into addresses when the configuration is loaded. It blocks, so no worker
/// ever calls it.
public enum NameResolver {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The addresses of a name or a literal, in the order the system prefers them, without repeats.
    public static func addresses(
        of host: String, port: UInt16
    ) throws(Failure) -> [SocketAddress] {
        if let literal = SocketAddress(literal: host, port: port) { return [literal] }
        var hints = addrinfo()
        hints.ai_socktype = CLINUX_SOCK_STREAM
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0 else {
            throw Failure(description: "\(host): \(String(cString: gai_strerror(code)))")
        }
        var found: [SocketAddress] = []
        var entry = list
        while let current = entry?.pointee {
            if let address = Self.address(current), !found.contains(address) {
                found.append(address)
            }
            entry = current.ai_next
        }
        guard !found.isEmpty else { throw Failure(description: "\(host): no address") }
        return found
    }

    private static func address(_ entry: addrinfo) -> SocketAddress? {
        entry.ai_addr.flatMap { SocketAddress(copying: $0, length: Int(entry.ai_addrlen)) }
    }
}
