/// Which tier each known sandbox has: immutable, looked up in a time that does not depend on how
/// many there are.
public final class SandboxRegistry: Sendable {
    private struct Entry: Sendable {
        let digest: NameDigest
        let tier: UInt32
    }

    public let count: Int
    /// Open addressing; at most half full, so that an empty place ends every search.
    private let places: [Entry?]

    /// - Parameter tiers: of each sandbox's id, the position of its tier.
    public init(_ tiers: [String: Int]) {
        count = tiers.count
        var size = 2
        while size < tiers.count * 2 { size *= 2 }
        var places = [Entry?](repeating: nil, count: size)
        for (id, tier) in tiers {
            let digest = NameDigest(Array(id.utf8).span)
            var at = Int(truncatingIfNeeded: digest.hash) & (size - 1)
            while places[at] != nil { at = (at + 1) & (size - 1) }
            places[at] = Entry(digest: digest, tier: UInt32(clamping: tier))
        }
        self.places = places
    }

    /// The position of the sandbox's tier; nil when the sandbox is not known.
    public func tier(of sandbox: NameDigest) -> Int? {
        let mask = places.count &- 1
        var at = Int(truncatingIfNeeded: sandbox.hash) & mask
        while let entry = places[at] {
            if entry.digest.matches(sandbox) { return Int(entry.tier) }
            at = (at &+ 1) & mask
        }
        return nil
    }
}
