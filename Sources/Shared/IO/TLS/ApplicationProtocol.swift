/// What is spoken inside TLS, as ALPN names it (RFC 7301).
public enum ApplicationProtocol: String, CaseIterable, Sendable, BitwiseCopyable {
    case http11 = "http/1.1"
    case http2 = "h2"

    /// The list as ALPN sends it, each name behind its length.
    static func wireFormat(_ protocols: [ApplicationProtocol]) -> [UInt8] {
        protocols.flatMap { [UInt8($0.rawValue.utf8.count)] + Array($0.rawValue.utf8) }
    }

    init?(_ name: UnsafeBufferPointer<UInt8>) {
        guard let found = Self.allCases.first(where: { name.elementsEqual($0.rawValue.utf8) })
        else { return nil }
        self = found
    }
}
