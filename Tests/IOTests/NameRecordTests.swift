@testable import IO
import Testing

/// When names are asked for again, and what is used until then.
struct NameRecordTests {
    private static let second: UInt64 = 1_000_000_000
    private let options: ResolverOptions
    private let resolution = Resolution(host: "a.test", port: 443)

    init() {
        var options = ResolverOptions()
        options.timeToLiveNanoseconds = 5 * Self.second...300 * Self.second
        options.staleNanoseconds = 100 * Self.second
        options.negativeNanoseconds = 10 * Self.second
        options.retryNanoseconds = 1 * Self.second...4 * Self.second
        self.options = options
    }

    private func record() -> NameRecord { NameRecord(resolution, rule: .global) }

    private static func address(_ text: String) -> SocketAddress {
        SocketAddress(literal: text, port: 0) ?? SocketAddress(ipv4: 0, port: 0)
    }

    private func answer(
        _ record: inout NameRecord, _ family: NameRecord.Family, _ answer: AddressAnswer,
        at seconds: UInt64
    ) {
        _ = record.answered(family, answer, options, now: seconds * Self.second)
    }

    private func hosts(_ record: NameRecord, at seconds: UInt64) -> [String] {
        record.published(at: seconds * Self.second).addresses.map(\.description)
    }

    @Test func `families take turns, and the first answer is used at once`() {
        var record = record()
        #expect(record.published(at: 0).failure == .pending)
        answer(
            &record, .ipv4,
            .addresses(["8.8.8.8", "8.8.4.4"].map(Self.address), timeToLiveSeconds: 60), at: 0)
        #expect(hosts(record, at: 0) == ["8.8.8.8:443", "8.8.4.4:443"])
        answer(
            &record, .ipv6,
            .addresses([Self.address("2001:4860:4860::8888")], timeToLiveSeconds: 60), at: 0)
        #expect(
            hosts(record, at: 0)
                == ["[2001:4860:4860::8888]:443", "8.8.8.8:443", "8.8.4.4:443"])
    }

    @Test(arguments: [
        (0, 5), (1, 5), (60, 60), (100_000, 300), (-1, 5), (Int.max, 300),
    ] as [(Int, UInt64)])
    func `an answer lives as long as it says, within limits`(sent: Int, seconds: UInt64) {
        var family = FamilyRecord()
        _ = family.answered(
            .addresses([Self.address("8.8.8.8")], timeToLiveSeconds: sent), .global, options,
            now: 0)
        // It is asked for again when nine tenths are over.
        #expect(family.due == seconds * Self.second / 10 * 9)
    }

    @Test func `a failing server leaves the last good answer in use for a while`() {
        var record = record()
        let good = AddressAnswer.addresses([Self.address("8.8.8.8")], timeToLiveSeconds: 10)
        answer(&record, .ipv4, good, at: 0)
        answer(&record, .ipv6, .none(.noAddress), at: 0)
        answer(&record, .ipv4, .failed(.serverFailed), at: 9)
        #expect(hosts(record, at: 109) == ["8.8.8.8:443"])
        #expect(record.published(at: 110 * Self.second).addresses.isEmpty)
        answer(&record, .ipv4, .failed(.timeout), at: 110)
        #expect(record.published(at: 110 * Self.second).failure == .timeout)
        answer(&record, .ipv4, good, at: 120)
        #expect(hosts(record, at: 120) == ["8.8.8.8:443"])
    }

    @Test func `questions that fail wait longer each time, up to a most`() {
        var family = FamilyRecord()
        for (now, wait) in [(0, 1), (1, 2), (3, 4), (7, 4)] as [(UInt64, UInt64)] {
            _ = family.answered(.failed(.timeout), .global, options, now: now * Self.second)
            #expect(family.due == (now + wait) * Self.second)
        }
    }

    @Test(arguments: [
        (AddressAnswer.none(.notFound), ResolutionFailure.notFound),
        (.none(.noAddress), .noAddress),
        (.addresses([address("127.0.0.1")], timeToLiveSeconds: 10), .addressRefused),
    ])
    func `an answer that leaves nothing ends the use of the one before`(
        next: AddressAnswer, failure: ResolutionFailure
    ) {
        var record = record()
        answer(&record, .ipv6, .none(.noAddress), at: 0)
        answer(
            &record, .ipv4, .addresses([Self.address("8.8.8.8")], timeToLiveSeconds: 10), at: 0)
        answer(&record, .ipv4, next, at: 9)
        #expect(record.published(at: 9 * Self.second) == ResolvedAddresses(failure))
    }

    @Test func `of a mixed answer only what the rule admits is used`() {
        var record = record()
        let refused = record.answered(
            .ipv4,
            .addresses(
                ["127.0.0.1", "8.8.8.8", "10.0.0.1"].map(Self.address), timeToLiveSeconds: 10),
            options, now: 0)
        #expect(refused == 2)
        #expect(hosts(record, at: 0) == ["8.8.8.8:443"])
    }
}
