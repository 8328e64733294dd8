internal import Glibc
internal import Synchronization
internal import Testing

@testable internal import Identity

struct RateLimitConcurrencyTests {
    private static let threads = 4
    private static let attempts = 20_000

    @Test func `threads together get exactly the burst of the tighter window`() throws {
        let one = try OneKey(perMinute: 5000, perHour: 3000)
        let granted = Self.countOnThreads { one.lease(seconds(0)).isGranted }
        #expect(granted == 3000)
        let after = one.lease(seconds(0)).standing
        #expect(after.minute.remaining == 2000, "tokens of the other window came back")
    }

    @Test func `what threads give back is not lost and not doubled`() throws {
        let one = try OneKey(perMinute: 1000)
        _ = Self.countOnThreads {
            guard case .granted(let lease, _) = one.lease(seconds(0)) else { return false }
            one.limiter.giveBack(lease)
            return true
        }
        #expect(one.granted(2000, at: seconds(0)) == 1000)
    }

    @Test func `the process's bucket is exact across threads`() throws {
        let bucket = try #require(TokenBucket(capacity: 1000, tokensPerSecond: 100))
        let granted = Self.countOnThreads { bucket.take(nowNanoseconds: seconds(0)) == .granted }
        #expect(granted == 1000)
        #expect(bucket.tokens(nowNanoseconds: seconds(0)) == 0)
        #expect(bucket.tokens(nowNanoseconds: seconds(1)) == 100)
    }

    @Test func `threads that share an address exceed its burst by one each at most`() throws {
        let limiter = try #require(
            AddressLimiter(requestsPerMinute: 500, placesMax: 8, seed: (1, 2)))
        let address = ClientAddress(ipv4: 0x7F00_0001)
        let granted = Self.countOnThreads {
            limiter.take(address, nowNanoseconds: seconds(0)) == .granted
        }
        #expect(granted >= 500)
        #expect(granted <= 500 + Self.threads)
    }

    private final class Count: Sendable {
        let value = Atomic<Int>(0)
        let attempt: @Sendable () -> Bool

        init(_ attempt: @escaping @Sendable () -> Bool) {
            self.attempt = attempt
        }

        func run() {
            var granted = 0
            for _ in 0..<attempts where attempt() { granted += 1 }
            value.add(granted, ordering: .relaxed)
        }
    }

    /// How many attempts of all threads succeed.
    private static func countOnThreads(_ attempt: @escaping @Sendable () -> Bool) -> Int {
        let count = Count(attempt)
        var handles: [pthread_t] = []
        for _ in 0..<threads {
            var handle = pthread_t()
            let context = Unmanaged.passRetained(count)
            let failure = pthread_create(
                &handle, nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<Count>.fromOpaque(context).takeRetainedValue().run()
                    return nil
                }, context.toOpaque())
            #expect(failure == 0)
            if failure == 0 { handles.append(handle) } else { context.release() }
        }
        for handle in handles { pthread_join(handle, nil) }
        return count.value.load(ordering: .relaxed)
    }
}
