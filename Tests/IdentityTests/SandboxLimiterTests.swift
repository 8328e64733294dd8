internal import Testing

@testable internal import Identity

struct SandboxLimiterTests {
    private let limiter: SandboxLimiter
    private let tiers: RateLimitTiers

    init() throws {
        limiter = try #require(SandboxLimiter(seed: (1, 2)))
        tiers = try RateLimitTiers([
            RateLimitTier(name: "ten", requestsPerMinute: 10),
            RateLimitTier(name: "two", requestsPerMinute: 2),
            RateLimitTier(name: "any", requestsPerMinute: -1),
        ])
    }

    private func digest(_ name: String) -> NameDigest { NameDigest(Array(name.utf8).span) }

    /// How many of `count` calls at one time are granted.
    private func granted(
        _ count: Int, _ sandbox: String, _ service: String, _ tier: String, now: UInt64 = 1 << 40
    ) throws -> Int {
        let handle = try #require(tiers.handle(named: tier))
        return (0..<count).count { _ in
            let outcome = limiter.take(
                digest(sandbox), digest(service), handle, of: tiers, nowNanoseconds: now)
            if case .granted = outcome { return true }
            return false
        }
    }

    @Test func `each pair of a sandbox and a service has a bucket`() throws {
        for sandbox in 0..<50 {
            for service in ["openai", "github"] {
                #expect(try granted(20, "sbx-\(sandbox)", service, "ten") == 10)
            }
        }
        #expect(try granted(5, "sbx-0", "openai", "ten") == 0)
    }

    @Test func `a tier without a limit refuses nothing and says nothing`() throws {
        #expect(try granted(1000, "sbx", "openai", "any") == 1000)
    }

    @Test func `what is used up stays so under another limit`() throws {
        #expect(try granted(20, "sbx", "openai", "ten") == 10)
        #expect(try granted(20, "sbx", "openai", "two") == 0)
    }

    @Test func `a refusal says when the next call is granted`() throws {
        let ten = try #require(tiers.handle(named: "ten"))
        #expect(try granted(10, "sbx", "openai", "ten") == 10)
        let now: UInt64 = 1 << 40
        func take(after seconds: UInt64) -> SandboxLimiter.Outcome {
            limiter.take(
                digest("sbx"), digest("openai"), ten, of: tiers,
                nowNanoseconds: now + seconds * 1_000_000_000)
        }
        guard case .refused(let standing) = take(after: 0) else {
            Issue.record("the eleventh call is granted")
            return
        }
        #expect(standing.retryAfterSeconds == 6)
        #expect(standing.remaining == 0)
        guard case .granted = take(after: 6) else {
            Issue.record("the call after that time is refused")
            return
        }
    }

    @Test func `the registry knows the tier of every sandbox and of no other`() {
        var tiers: [String: Int] = [:]
        for index in 0..<1000 { tiers["sbx-\(index)"] = index % 7 }
        let registry = SandboxRegistry(tiers)
        #expect(registry.count == 1000)
        for (id, tier) in tiers { #expect(registry.tier(of: digest(id)) == tier) }
        for index in 1000..<2000 { #expect(registry.tier(of: digest("sbx-\(index)")) == nil) }
        #expect(SandboxRegistry([:]).tier(of: digest("sbx")) == nil)
    }
}
