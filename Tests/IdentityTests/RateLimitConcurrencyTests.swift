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

    @Test func `threads that share an address get exactly its burst`() throws {
        let limiter = try #require(
            AddressLimiter(requestsPerMinute: 500, placesMax: 8, seed: (1, 2)))
        let address = ClientAddress(ipv4: 0x7F00_0001)
        let granted = Self.countOnThreads {
            limiter.take(address, nowNanoseconds: seconds(0)) == .granted
        }
        #expect(granted == 500)
    }

    /// Clients that come to a full table on all threads at once, between others that come and so
    /// change who has to go.
    @Test func `a client that comes to several threads at once gets one place`() throws {
        let limiter = try #require(
            AddressLimiter(requestsPerMinute: 1, burst: 1, placesMax: 8, seed: (1, 2)))
        let meeting = Meeting()
        _ = Self.sumOfThreads {
            let own = meeting.join()
            for round in 1...UInt32(Self.rounds) {
                meeting.wait(for: Int(round) * Self.threads)
                let now = seconds(Double(round) * 120)
                let other = ClientAddress(ipv4: round << 8 | own)
                _ = limiter.take(other, nowNanoseconds: now)
                let shared = ClientAddress(ipv4: round << 8)
                if limiter.take(shared, nowNanoseconds: now) == .granted {
                    meeting.granted(in: Int(round))
                }
            }
            return 0
        }
        #expect(meeting.grants.withLock { $0.dropFirst().filter { $0 != 1 }.count } == 0)
    }

    private static let rounds = 2000

    /// Where threads wait for each other.
    private final class Meeting: Sendable {
        private let members = Atomic<UInt32>(0)
        private let arrivals = Atomic<Int>(0)
        let grants = Mutex([Int](repeating: 0, count: rounds + 1))

        func granted(in round: Int) { grants.withLock { $0[round] += 1 } }

        /// The number of the thread, from 1.
        func join() -> UInt32 { members.add(1, ordering: .relaxed).newValue }

        func wait(for count: Int) {
            arrivals.add(1, ordering: .acquiringAndReleasing)
            while arrivals.load(ordering: .acquiring) < count { sched_yield() }
        }
    }

    private final class Work: Sendable {
        let sum = Atomic<Int>(0)
        private let body: @Sendable () -> Int

        init(_ body: @escaping @Sendable () -> Int) { self.body = body }

        func run() { sum.add(body(), ordering: .relaxed) }
    }

    /// How many attempts of all threads succeed.
    private static func countOnThreads(_ attempt: @escaping @Sendable () -> Bool) -> Int {
        sumOfThreads { (0..<attempts).count { _ in attempt() } }
    }

    /// What all threads together return.
    private static func sumOfThreads(_ body: @escaping @Sendable () -> Int) -> Int {
        let work = Work(body)
        var handles: [pthread_t] = []
        for _ in 0..<threads {
            var handle = pthread_t()
            let context = Unmanaged.passRetained(work)
            let failure = pthread_create(
                &handle, nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
                    return nil
                }, context.toOpaque())
            #expect(failure == 0)
            if failure == 0 { handles.append(handle) } else { context.release() }
        }
        for handle in handles { pthread_join(handle, nil) }
        return work.sum.load(ordering: .relaxed)
    }
}
