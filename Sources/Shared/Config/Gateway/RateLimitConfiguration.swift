/// The buckets in front of the API keys' own limits, which the bundle's data sets.
public struct RateLimitConfiguration: Sendable, Equatable {
    /// A token bucket that starts full.
    public struct Bucket: Sendable, Equatable {
        public var tokens: Int
        public var perSecond: Int

        init(_ section: Section, default preset: Bucket) {
            tokens = section.read("tokens", .integer(1...1_000_000_000), default: preset.tokens)
            perSecond = section.read(
                "per_second", .integer(1...1_000_000_000), default: preset.perSecond)
            section.finish()
        }

        init(tokens: Int, perSecond: Int) {
            self.tokens = tokens
            self.perSecond = perSecond
        }
    }

    /// For all requests of the process together; nil: off.
    public var global: Bucket?
    /// For each client address, requests without a valid key only; nil: off.
    public var anonymous: Bucket?

    init(_ section: Section) {
        global = section.sectionUnlessOff("global").map {
            Bucket($0, default: Bucket(tokens: 1000, perSecond: 100))
        }
        anonymous = section.sectionUnlessOff("anonymous").map {
            Bucket($0, default: Bucket(tokens: 60, perSecond: 10))
        }
        section.finish()
    }
}
