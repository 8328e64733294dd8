/// The SHA-256 of a name, for tables that clients must not be able to fill with collisions.
public struct NameDigest: Sendable {
    private let digest: KeyDigest

    public init(_ name: Span<UInt8>) { digest = KeyDigest(hashing: name) }

    var hash: UInt64 { digest.hash }

    func matches(_ other: NameDigest) -> Bool { digest.matches(other.digest) }

    /// 128 bits that name this one together with another.
    func words(mixedWith other: NameDigest) -> (UInt64, UInt64) {
        (digest.words.0 ^ other.digest.words.2, digest.words.1 ^ other.digest.words.3)
    }
}
