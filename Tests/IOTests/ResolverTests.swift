import IO
import Peers
import Testing

/// The resolver against a server of the test's own.
struct ResolverTests {
    private static func resolver(
        _ server: DNSServer, _ changes: Arrivals<ResolvedAddresses> = Arrivals()
    ) throws -> Resolver {
        var options = ResolverOptions()
        options.servers = [server.address]
        options.readsHostsFile = false
        options.timeoutNanoseconds = 100_000_000
        options.timeToLiveNanoseconds = 20_000_000...1_000_000_000
        options.negativeNanoseconds = 20_000_000
        options.retryNanoseconds = 20_000_000...20_000_000
        return try Resolver(options) { _, addresses, _ in changes.append(addresses) }
    }

    private static let rule = AddressRule(
        allowing: AddressRule.blocks(named: "203.0.113.0/24") ?? [])

    @Test(arguments: [
        (DNSServer.Answer.addresses(["8.8.8.8", "2001:4860:4860::8888"]), ["2001:4860:4860::8888", "8.8.8.8"]),
        (.addresses((1...200).map { "203.0.113.\($0)" }), (1...16).map { "203.0.113.\($0)" }),
        (.alias("other.test", ["8.8.8.8"]), ["8.8.8.8"]),
        (.addresses(["127.0.0.1", "8.8.8.8", "::1"]), ["8.8.8.8"]),
    ])
    func `what a server answers is used`(answer: DNSServer.Answer, expected: [String]) throws {
        let server = try DNSServer(answer)
        let changes = Arrivals<ResolvedAddresses>()
        let resolver = try Self.resolver(server, changes)
        let resolution = resolver.resolution(of: "Name.test", port: 80, rule: Self.rule)
        // The two kinds come one after the other.
        let all = changes.next { $0.addresses.count == expected.count }
        #expect(all?.addresses.map(\.host) == expected)
        #expect(all?.addresses.allSatisfy { $0.port == 80 } == true)
        #expect(resolution.addresses == all)
    }

    @Test(arguments: [
        (DNSServer.Answer.notFound, ResolutionFailure.notFound),
        (.addresses([]), .noAddress),
        (.serverFailure, .serverFailed),
        (.silent, .timeout),
        (.aliasLoop, .noAddress),
        (.alias("localhost", ["127.0.0.1"]), .addressRefused),
        (.alias("localhost", []), .noAddress),
        (.addresses(["127.0.0.1"]), .addressRefused),
    ])
    func `what leads nowhere has a reason`(
        answer: DNSServer.Answer, failure: ResolutionFailure
    ) throws {
        let server = try DNSServer(answer)
        let resolver = try Self.resolver(server)
        let resolution = resolver.resolution(of: "name.test", port: 80, rule: Self.rule)
        resolver.wait(for: [resolution], milliseconds: Int(Peer.patienceMilliseconds))
        #expect(resolution.addresses == ResolvedAddresses(failure))
    }

    @Test func `an answer is replaced when its time is over`() throws {
        let server = try DNSServer(.addresses(["8.8.8.8"]))
        let changes = Arrivals<ResolvedAddresses>()
        let resolver = try Self.resolver(server, changes)
        let resolution = resolver.resolution(of: "name.test", port: 80, rule: Self.rule)
        #expect(changes.next { !$0.addresses.isEmpty }?.addresses.first?.host == "8.8.8.8")
        let generation = resolution.generation
        server.say(.addresses(["8.8.4.4"]))
        #expect(changes.next()?.addresses.first?.host == "8.8.4.4")
        #expect(resolution.generation > generation)
        server.say(.addresses(["127.0.0.1"]))
        #expect(changes.next() == ResolvedAddresses(.addressRefused))
        server.say(.addresses(["8.8.8.8"]))
        #expect(changes.next()?.addresses.first?.host == "8.8.8.8")
    }

    @Test(arguments: [
        ("8.8.8.8", nil), ("2001:4860:4860::8888", nil), ("127.0.0.1", .addressRefused),
        ("::1", .addressRefused), ("localhost", .addressRefused), ("127.1", .notFound),
        ("0x7f000001", .notFound), ("[::1]", .notFound), ("a.test.", .notFound), ("", .notFound),
    ] as [(String, ResolutionFailure?)])
    func `what needs no question is known at once`(
        host: String, failure: ResolutionFailure?
    ) throws {
        let server = try DNSServer(.silent)
        let resolver = try Self.resolver(server)
        let resolution = resolver.resolution(of: host, port: 80, rule: .global)
        #expect(resolution.addresses.failure == failure)
        #expect(resolution.addresses.addresses.count == (failure == nil ? 1 : 0))
    }

    @Test func `a name that nobody holds is not asked for any more`() throws {
        let server = try DNSServer(.addresses(["8.8.8.8"]))
        let resolver = try Self.resolver(server)
        do {
            let resolution = resolver.resolution(of: "name.test", port: 80, rule: .global)
            resolver.wait(for: [resolution], milliseconds: Int(Peer.patienceMilliseconds))
            #expect(resolution.addresses.addresses.count == 1)
        }
        let other = resolver.resolution(of: "other.test", port: 80, rule: .global)
        _ = server.asked.next { $0 == "other.test" }
        // Many rounds of both, were both still asked for.
        for _ in 0..<10 { #expect(server.asked.next() == "other.test") }
        #expect(other.addresses.addresses.count == 1)
    }
}
