/// SipHash-1-3 of two words: a hash whose collisions nobody can find who does not know the key.
struct SipHash: Sendable {
    private let keys: (UInt64, UInt64)

    init(key0: UInt64, key1: UInt64) {
        keys = (key0, key1)
    }

    func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var state = State(
            v0: keys.0 ^ 0x736F_6D65_7073_6575, v1: keys.1 ^ 0x646F_7261_6E64_6F6D,
            v2: keys.0 ^ 0x6C79_6765_6E65_7261, v3: keys.1 ^ 0x7465_6462_7974_6573)
        state.absorb(first)
        state.absorb(second)
        state.absorb(16 << 56)  // the message's length in bytes, in the last byte
        state.v2 ^= 0xFF
        for _ in 0..<3 { state.round() }
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            round()
            v0 ^= word
        }

        mutating func round() {
            v0 &+= v1
            v1 = rotated(v1, 13) ^ v0
            v0 = rotated(v0, 32)
            v2 &+= v3
            v3 = rotated(v3, 16) ^ v2
            v0 &+= v3
            v3 = rotated(v3, 21) ^ v0
            v2 &+= v1
            v1 = rotated(v1, 17) ^ v2
            v2 = rotated(v2, 32)
        }

        private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
            word &<< bits | word &>> (64 &- bits)
        }
    }
}
