internal import Bytes
internal import Testing

@testable internal import Identity

struct RateLimitTests {
    @Test func `a fresh key bursts its minute and the next request waits one interval`() throws {
        let one = try OneKey(perMinute: 60)
        #expect(one.granted(60, at: seconds(0)) == 60)
        let refused = one.lease(seconds(0))
        #expect(!refused.isGranted)
        #expect(refused.standing.retryAfterSeconds == 1)
        #expect(refused.standing.remaining == 0)
        #expect(refused.standing.resetSeconds == 60)
        #expect(!one.lease(seconds(0.999)).isGranted)
        #expect(one.lease(seconds(1)).isGranted)
        #expect(!one.lease(seconds(1)).isGranted)
    }

    @Test(arguments: [
        (60, nil, 60), (60, 5, 5), (7, nil, 7), (1, nil, 1), (600, 1, 1), (1, 3, 3),
        (1_000_000_000, 1000, 1000),
    ])
    func `an idle key may make exactly its burst at once`(
        perMinute: Int, burst: Int?, expected: Int
    ) throws {
        let one = try OneKey(perMinute: perMinute, burst: burst)
        #expect(one.granted(expected + 100, at: seconds(0)) == expected)
        // A day later the bucket is full again, and not fuller.
        #expect(one.granted(expected + 100, at: seconds(86_400)) == expected)
    }

    @Test(arguments: [(60, 60), (7, 7), (59, 59), (120, 120)])
    func `steady traffic gets the rate and no more`(perMinute: Int, rate: Int) throws {
        let one = try OneKey(perMinute: perMinute, burst: 1)
        let granted = (0..<6000).count { one.lease(seconds(Double($0) / 100)).isGranted }
        #expect(granted <= rate)
        #expect(granted >= rate - rate / 10)
    }

    @Test func `both windows hold, and a refusal by the hour costs no minute`() throws {
        let one = try OneKey(perMinute: 10, perHour: 15)
        #expect(one.granted(20, at: seconds(0)) == 10)
        #expect(one.granted(20, at: seconds(60)) == 5)
        let refused = one.lease(seconds(60)).standing
        #expect(refused.remaining == 0)
        #expect(refused.limit == 15)
        #expect(refused.minute.remaining == 5)
        // 15 in an hour is one each 240 s; the first came back at 240 s.
        #expect(refused.retryAfterSeconds == 180)
        #expect(!one.lease(seconds(239.9)).isGranted)
        #expect(one.lease(seconds(240)).isGranted)
    }

    @Test func `a refusal tells the longer wait of the two windows`() throws {
        let one = try OneKey(perMinute: 10, perHour: 10)
        #expect(one.granted(11, at: seconds(0)) == 10)
        #expect(one.lease(seconds(0)).standing.retryAfterSeconds == 360)
    }

    @Test func `a tier without limits never refuses and says nothing`() throws {
        let one = try OneKey(perMinute: -1)
        #expect(one.granted(10_000, at: seconds(0)) == 10_000)
        let standing = one.lease(seconds(0)).standing
        #expect(!standing.isLimited)
        #expect(lines(standing, one.tiers).isEmpty)
    }

    @Test func `an hour alone limits`() throws {
        let one = try OneKey(perMinute: -1, perHour: 5)
        #expect(one.granted(9, at: seconds(0)) == 5)
        #expect(one.lease(seconds(0)).standing.limit == 5)
        #expect(one.lease(seconds(0)).standing.retryAfterSeconds == 720)
    }

    @Test func `what is given back can be taken again`() throws {
        let one = try OneKey(perMinute: 2, perHour: 2)
        guard case .granted(let lease, _) = one.lease(seconds(0)) else {
            Issue.record("a fresh key was refused")
            return
        }
        #expect(one.granted(2, at: seconds(0)) == 1)
        one.limiter.giveBack(lease)
        #expect(one.granted(2, at: seconds(0)) == 1)
    }

    @Test func `a settled cost is paid by later requests`() throws {
        let one = try OneKey(perMinute: 10)
        guard case .granted(let lease, _) = one.lease(seconds(0)) else {
            Issue.record("a fresh key was refused")
            return
        }
        one.limiter.settle(lease, cost: 4, nowNanoseconds: seconds(0))
        #expect(one.granted(10, at: seconds(0)) == 6)
        one.limiter.settle(lease, cost: .max, nowNanoseconds: seconds(0))
        #expect(one.lease(seconds(0)).standing.retryAfterSeconds == 6)
    }

    @Test func `a key keeps its debt when the configuration is loaded again`() throws {
        let limits = try standardTiers()
        let before = try KeyIndex(
            [definition("a", key: "a"), definition("b", key: "b")], tiers: limits)
        let after = try KeyIndex(
            [definition("new", key: "n"), definition("b", key: "rotated")], tiers: limits)
        let old = KeyLimiter(keys: before, tiers: limits)
        let tier = before.tier(of: KeyHandle(index: 1))
        for _ in 0..<60 {
            _ = old.lease(KeyHandle(index: 1), tier: tier, nowNanoseconds: seconds(0))
        }
        let new = KeyLimiter(keys: after, tiers: limits, carrying: old)
        let kept = KeyHandle(index: 1)
        let fresh = KeyHandle(index: 0)
        #expect(!new.lease(kept, tier: tier, nowNanoseconds: seconds(0)).isGranted)
        #expect(new.lease(fresh, tier: tier, nowNanoseconds: seconds(0)).isGranted)
        // A worker that still has the old configuration draws on the same bucket.
        #expect(old.lease(kept, tier: tier, nowNanoseconds: seconds(1)).isGranted)
        #expect(!new.lease(kept, tier: tier, nowNanoseconds: seconds(1)).isGranted)
    }

    @Test func `a smaller tier after a reload never waits longer than its own window`() throws {
        let limits = try tiers(
            RateLimitTier(name: "default", requestsPerMinute: 1, burst: 60),
            RateLimitTier(name: "small", requestsPerMinute: 60, burst: 1))
        let keys = try KeyIndex([definition("a", key: "a")], tiers: limits)
        let limiter = KeyLimiter(keys: keys, tiers: limits)
        let key = KeyHandle(index: 0)
        for _ in 0..<60 {
            _ = limiter.lease(key, tier: keys.tier(of: key), nowNanoseconds: seconds(0))
        }
        let small = try #require(limits.handle(named: "small"))
        let outcome = limiter.lease(key, tier: small, nowNanoseconds: seconds(0))
        #expect(outcome.standing.retryAfterSeconds == 1)
    }

    @Test(arguments: [
        (
            RateLimitTier(name: "t", requestsPerMinute: 0),
            RateLimitTierFault.Reason.badRate(field: "requests_per_minute")
        ),
        (
            RateLimitTier(name: "t", requestsPerMinute: -2),
            .badRate(field: "requests_per_minute")
        ),
        (
            RateLimitTier(name: "t", requestsPerMinute: 1_000_000_001),
            .badRate(field: "requests_per_minute")
        ),
        (
            RateLimitTier(name: "t", requestsPerMinute: 1, requestsPerHour: 0),
            .badRate(field: "requests_per_hour")
        ),
        (
            RateLimitTier(name: "t", requestsPerMinute: 1, requestsPerHour: .min),
            .badRate(field: "requests_per_hour")
        ),
        (RateLimitTier(name: "t", requestsPerMinute: 60, burst: 0), .badBurst),
        (RateLimitTier(name: "t", requestsPerMinute: 60, burst: .max), .badBurst),
        (RateLimitTier(name: "t", requestsPerMinute: 60, burst: 86_402), .badBurst),
        (RateLimitTier(name: "t", requestsPerMinute: -1, burst: 5), .badBurst),
        (RateLimitTier(name: "", requestsPerMinute: 60), .badName),
        (RateLimitTier(name: "a b", requestsPerMinute: 60), .badName),
    ])
    func `a bad tier is refused`(tier: RateLimitTier, reason: RateLimitTierFault.Reason) {
        #expect(throws: RateLimitTierFault(tier: tier.name, reason: reason)) {
            try RateLimitTiers([tier])
        }
    }

    @Test func `two tiers of one name are refused`() {
        let tier = RateLimitTier(name: "t", requestsPerMinute: 60)
        #expect(throws: RateLimitTierFault(tier: "t", reason: .duplicateName)) {
            try RateLimitTiers([tier, tier])
        }
    }

    @Test func `a tier is found by the bytes of its name`() throws {
        let limits = try standardTiers()
        let handle = try #require(limits.handle(named: "unlimited"))
        #expect(limits.handle(named: Array("unlimited".utf8).span) == handle)
        #expect(limits.handle(named: Array("unlimite".utf8).span) == nil)
        #expect(text(limits.name(of: handle)) == "unlimited")
    }

    @Test func `response fields tell both windows`() throws {
        let one = try OneKey(perMinute: 60, perHour: 1000)
        let standing = one.lease(seconds(0)).standing
        #expect(
            lines(standing, one.tiers) == """
                ratelimit: "minute";r=59;t=1, "hour";r=999;t=4\r
                ratelimit-policy: "minute";q=60;w=60, "hour";q=1000;w=3600\r
                x-ratelimit-limit: 60\r
                x-ratelimit-remaining: 59\r
                x-ratelimit-reset: 1\r
                x-rate-limit-remaining: 59\r

                """)
    }

    @Test func `a refusal adds Retry-After`() throws {
        let one = try OneKey(perMinute: 1)
        _ = one.lease(seconds(0))
        let standing = one.lease(seconds(0.5)).standing
        #expect(
            lines(standing, one.tiers) == """
                ratelimit: "minute";r=0;t=60\r
                ratelimit-policy: "minute";q=1;w=60\r
                x-ratelimit-limit: 1\r
                x-ratelimit-remaining: 0\r
                x-ratelimit-reset: 60\r
                x-rate-limit-remaining: 0\r
                retry-after: 60\r

                """)
    }

    @Test func `fields that do not fit say so and write nothing past the end`() throws {
        let one = try OneKey(perMinute: 60)
        let standing = one.lease(seconds(0)).standing
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64)
        defer { memory.deallocate() }
        memory.initialize(repeating: 0xAA)
        for capacity in 0..<64 {
            var line = LineBuilder(
                UnsafeMutableBufferPointer(rebasing: memory[..<capacity]))
            RateLimitField.appendLines(of: standing, tiers: one.tiers, to: &line)
            #expect(line.isOverflowed)
            #expect(memory[capacity...].allSatisfy { $0 == 0xAA })
        }
    }

    private func lines(_ standing: RateLimitStanding, _ tiers: RateLimitTiers) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { memory in
            var line = LineBuilder(memory)
            RateLimitField.appendLines(of: standing, tiers: tiers, to: &line)
            return String(decoding: line.bytes, as: UTF8.self)
        }
    }
}
