/// A DNS name in the one spelling that every reader understands alike: labels of letters, digits,
/// hyphens and underscores, and a last one that nobody takes for a part of an address.
public struct DomainName: Hashable, Sendable {
    /// Lower case, without a dot at the end.
    public let text: String

    /// Nil for anything else, addresses in all their forms and percent-encoded or non-ASCII text
    /// among it (RFC 1123 §2.1, RFC 3986 §3.2.2, the host parser of the WHATWG's URL standard).
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        let labels = Substring(text).utf8.split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(Self.isLabel), let first = labels.last?.first,
            Self.isLetter(first)
        else { return nil }
        self.text = text.lowercased()
    }

    /// Names that mean this machine or its network whatever DNS says of them (RFC 6761, RFC 6762,
    /// RFC 8375, ICANN's `internal`, and what `/etc/hosts` commonly has).
    public var isLocal: Bool {
        Self.localNames.contains(text) || Self.localDomains.contains { text.hasSuffix($0) }
    }

    private static let bytesMax = 253
    private static let labelBytesMax = 63
    private static let localNames: Set = [
        "localhost", "ip6-localhost", "ip6-loopback", "broadcasthost", "local", "localdomain",
        "internal",
    ]
    private static let localDomains = [
        ".localhost", ".localdomain", ".local", ".internal", ".home.arpa",
    ]

    private static func isLabel(_ label: some BidirectionalCollection<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard !label.isEmpty, label.count <= labelBytesMax, label.first != hyphen,
            label.last != hyphen
        else { return false }
        return label.allSatisfy { byte in
            ASCII.isDigit(byte) || isLetter(byte) || byte == hyphen || byte == UInt8(ascii: "_")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        ASCII.lowercased(byte) &- UInt8(ascii: "a") < 26
    }
}
