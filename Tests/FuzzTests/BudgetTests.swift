import FuzzTargets
import Testing

/// Hostile policies and inputs end when their budget is used up, whatever builtin they call.
@Suite struct BudgetTests {
    /// Debug builds are some fifty times slower than what workers run; `scripts/bench.sh budgets`
    /// holds release builds to 50 ms.
    @Test(arguments: HostilePolicy.all)
    func `a hostile policy ends within its budget`(policy: HostilePolicy) throws {
        let ending = try policy.run(HostilePolicy.little)
        #expect(ending.excess < .seconds(8), "\(ending.answer)")
        #expect(ending.peakBytes < 2 << 30)
    }
}
