/// One key as the index keeps it: plain bytes, no references.
struct KeyRecord {
    var digest: KeyDigest
    var notBeforeSeconds: Int64
    var expiresAtSeconds: Int64
    var id: ByteArena.Slice
    var role: ByteArena.Slice
    var tier: RateLimitTiers.Handle
    var isEnabled: Bool
}
