internal import FuzzTargets

/// How long hostile policies go on once their budget is used up.
enum BudgetBench {
    struct TooLong: Error {
        let names: [String]
    }

    /// Runs those whose names begin with `prefix`; the longest first.
    static func run(_ prefix: String) throws {
        var endings: [(name: String, ending: HostilePolicy.Ending)] = []
        for policy in HostilePolicy.all where policy.name.hasPrefix(prefix) {
            endings.append((policy.name, try policy.run(HostilePolicy.full)))
        }
        endings.sort { $0.ending.excess > $1.ending.excess }
        for (name, ending) in endings where ending.excess > .zero {
            print("\(name): \(ending.excess) beyond its time: \(ending.answer)")
        }
        let peak = endings.map(\.ending.peakBytes).max() ?? 0
        print(
            "budgets: \(endings.count) hostile policies, longest excess "
                + "\(endings.first?.ending.excess ?? .zero), peak \(peak >> 20) MiB")
        let tooLong = endings.filter { $0.ending.excess > .milliseconds(50) }.map(\.name)
        guard tooLong.isEmpty else { throw TooLong(names: tooLong) }
    }
}
