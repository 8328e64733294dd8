/// Random numbers for identifiers: xoshiro256++, one per worker, seeded by the operating system.
/// Fast and without collisions in practice, but not secret: never for keys or tokens.
public struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Seeded from the system's random device.
    public init() {
        var system = SystemRandomNumberGenerator()
        self.init(seed: (system.next(), system.next(), system.next(), system.next()))
    }

    /// A sequence that can be repeated. The state must not be all zeros; one that is, is replaced.
    public init(seed: (UInt64, UInt64, UInt64, UInt64)) {
        let isZero = seed.0 | seed.1 | seed.2 | seed.3 == 0
        state = isZero ? (0x9E37_79B9_7F4A_7C15, 0, 0, 0) : seed
    }

    public mutating func next() -> UInt64 {
        let result = rotated(state.0 &+ state.3, 23) &+ state.0
        let shifted = state.1 &<< 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotated(state.3, 45)
        return result
    }

    private func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
        word &<< bits | word &>> (64 &- bits)
    }
}
