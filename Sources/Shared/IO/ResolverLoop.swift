/// The resolver's thread: asks for the names that are due, and publishes what is answered.
final class ResolverLoop {
    private let shared: Resolver.Shared
    private let options: ResolverOptions
    private let changed: @Sendable (String, ResolvedAddresses, Int) -> Void
    private let questions: DNSQuestions
    private var records: [NameRecord] = []

    private static let waitMillisecondsMax: UInt64 = 60_000

    init(
        _ shared: Resolver.Shared, _ options: ResolverOptions,
        changed: @escaping @Sendable (String, ResolvedAddresses, Int) -> Void
    ) {
        self.shared = shared
        self.options = options
        self.changed = changed
        questions = DNSQuestions(options)
    }

    func run() {
        while !shared.hasStopped {
            records.append(contentsOf: shared.takeAdded())
            records.removeAll { $0.resolution == nil }
            ask(Clock.monotonicNanoseconds)
            if questions.answered.isEmpty {
                questions.wait(
                    milliseconds: wait(Clock.monotonicNanoseconds), wakeup: shared.wakeup.raw)
            }
            publish(Clock.monotonicNanoseconds)
        }
    }

    private func wait(_ now: UInt64) -> CInt {
        let next = records.map { $0.nextChange(after: now) }.min() ?? .max
        let milliseconds = next <= now ? 0 : (next - now) / 1_000_000 + 1
        return CInt(min(milliseconds, Self.waitMillisecondsMax))
    }

    private func ask(_ now: UInt64) {
        for index in records.indices {
            for family in NameRecord.Family.allCases where records[index][family].isDue(now) {
                records[index][family].isAsking = true
                questions.ask(.init(host: records[index].host, family: family))
            }
        }
    }

    /// Two users of one name, with two rules or ports, share an answer to either's question.
    private func publish(_ now: UInt64) {
        let answered = questions.takeAnswered()
        for index in records.indices {
            var refused = 0
            for answer in answered where answer.question.host == records[index].host {
                refused += records[index].answered(
                    answer.question.family, answer.answer, options, now: now)
            }
            guard let resolution = records[index].resolution else { continue }
            let addresses = records[index].published(at: now)
            guard addresses != resolution.addresses else { continue }
            resolution.publish(addresses)
            changed(resolution.host, addresses, refused)
        }
        if !answered.isEmpty { shared.answered.signal() }
    }
}
