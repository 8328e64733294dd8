internal import Testing

@testable internal import Identity

struct AddressLimiterTests {
    @Test func `addresses have buckets of their own`() throws {
        let limiter = try #require(AddressLimiter(requestsPerMinute: 10, seed: (1, 2)))
        for host in 1...100 as ClosedRange<UInt32> {
            #expect(granted(20, ClientAddress(ipv4: host), limiter) == 10)
        }
    }

    @Test(arguments: [
        (ClientAddress(ipv4: 0x0A00_0001), ClientAddress(ipv4: 0x0A00_0001), true),
        (ClientAddress(ipv4: 0x0A00_0001), ClientAddress(ipv4: 0x0A00_0002), false),
        (
            ClientAddress(ipv6High: 0, low: 0xFFFF_0A00_0001), ClientAddress(ipv4: 0x0A00_0001),
            true
        ),
        (ClientAddress(ipv6High: 5, low: 1), ClientAddress(ipv6High: 5, low: .max), true),
        (ClientAddress(ipv6High: 5, low: 1), ClientAddress(ipv6High: 6, low: 1), false),
        (ClientAddress(ipv6High: 0, low: 1), ClientAddress(ipv4: 1), false),
    ])
    func `IPv4 counts by address, IPv6 by its first 64 bits`(
        first: ClientAddress, second: ClientAddress, isSame: Bool
    ) throws {
        #expect((first == second) == isSame)
    }

    @Test func `a refused address passes again after the time it was told`() throws {
        let limiter = try #require(AddressLimiter(requestsPerMinute: 10, seed: (1, 2)))
        let address = ClientAddress(ipv4: 1)
        #expect(granted(10, address, limiter) == 10)
        #expect(
            limiter.take(address, nowNanoseconds: seconds(0)) == .refused(retryAfterSeconds: 6))
        #expect(limiter.take(address, nowNanoseconds: seconds(6)) == .granted)
    }

    @Test func `a flood of addresses does not give an address its tokens back`() throws {
        let limiter = try #require(
            AddressLimiter(requestsPerMinute: 10, placesMax: 64, seed: (1, 2)))
        let attacker = ClientAddress(ipv6High: 1, low: 0)
        #expect(granted(20, attacker, limiter) == 10)
        for other in 2...100_000 as ClosedRange<UInt64> {
            let address = ClientAddress(ipv6High: other, low: 0)
            _ = limiter.take(address, nowNanoseconds: seconds(0))
        }
        #expect(granted(20, attacker, limiter) == 0)
        // All addresses of the flood together got no more than the table's places allow.
        #expect(granted(1, ClientAddress(ipv6High: 200_000, low: 0), limiter) == 0)
    }

    @Test func `places are free again when their buckets are full`() throws {
        let limiter = try #require(
            AddressLimiter(requestsPerMinute: 10, placesMax: 8, seed: (1, 2)))
        for other in 0..<1000 as Range<UInt64> {
            _ = limiter.take(ClientAddress(ipv6High: other, low: 0), nowNanoseconds: seconds(0))
        }
        let late = ClientAddress(ipv6High: 5000, low: 0)
        #expect(
            (0..<20).count { _ in
                limiter.take(late, nowNanoseconds: seconds(60)) == .granted
            } == 10)
    }

    @Test(arguments: [(0, nil, 8), (-1, nil, 8), (60, 0, 8), (60, nil, 0), (60, nil, 1 << 25)])
    func `numbers out of range are refused`(perMinute: Int, burst: Int?, places: Int) {
        #expect(
            AddressLimiter(
                requestsPerMinute: perMinute, burst: burst, placesMax: places, seed: (1, 2)) == nil)
    }

    @Test func `SipHash-1-3 gives the values of its reference`() {
        // Key 00..0f, message 00..0f.
        let hash = SipHash(key0: 0x0706_0504_0302_0100, key1: 0x0F0E_0D0C_0B0A_0908)
        #expect(hash.hash(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908) == 0xCC4F_DD1A_7D90_8B66)
    }

    private func granted(_ attempts: Int, _ address: ClientAddress, _ limiter: AddressLimiter)
        -> Int
    {
        (0..<attempts).count { _ in
            limiter.take(address, nowNanoseconds: seconds(0)) == .granted
        }
    }
}
