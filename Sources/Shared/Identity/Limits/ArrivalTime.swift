internal import Synchronization

/// The one moment that GCRA keeps per client and window: when the bucket will be full again.
/// It lies in memory that someone else owns and is shared by all workers; every change is one
/// compare-and-swap, so no two workers ever grant the same token.
struct ArrivalTime {
    enum Taken {
        case granted(debtNanoseconds: UInt64)
        case refused(debtNanoseconds: UInt64, waitNanoseconds: UInt64)
    }

    private let moment: UnsafeMutablePointer<Atomic<UInt64>>

    init(_ moment: UnsafeMutablePointer<Atomic<UInt64>>) {
        self.moment = moment
    }

    /// Adds `charge` to the debt if it then stays within the window's tolerance.
    ///
    /// The loop ends when no other worker changed the moment meanwhile; each turn that it does not
    /// end, another worker's did.
    func take(
        _ window: RateLimitWindow, charge: UInt64, nowNanoseconds now: UInt64
    ) -> Taken {
        var seen = moment.pointee.load(ordering: .relaxed)
        while true {
            let debt = debt(at: seen, window, nowNanoseconds: now)
            let next = debt &+ charge
            guard next <= window.toleranceNanoseconds else {
                let wait = next &- window.toleranceNanoseconds
                return .refused(debtNanoseconds: debt, waitNanoseconds: wait)
            }
            let (exchanged, original) = moment.pointee.weakCompareExchange(
                expected: seen, desired: now &+ next, ordering: .relaxed)
            if exchanged { return .granted(debtNanoseconds: next) }
            seen = original
        }
    }

    /// The debt as it stands.
    func debtNanoseconds(_ window: RateLimitWindow, nowNanoseconds now: UInt64) -> UInt64 {
        debt(at: moment.pointee.load(ordering: .relaxed), window, nowNanoseconds: now)
    }

    /// What `take` would find: the debt, and how long it would have to wait.
    func look(
        _ window: RateLimitWindow, charge: UInt64, nowNanoseconds now: UInt64
    ) -> (debtNanoseconds: UInt64, waitNanoseconds: UInt64) {
        let debt = debtNanoseconds(window, nowNanoseconds: now)
        let next = debt &+ charge
        let tolerance = window.toleranceNanoseconds
        return (debt, next > tolerance ? next &- tolerance : 0)
    }

    /// Takes back what `take` added.
    func giveBack(charge: UInt64) {
        change { $0 > charge ? $0 &- charge : 0 }
    }

    /// Adds to the debt without asking: what was already spent.
    func add(charge: UInt64, nowNanoseconds now: UInt64) {
        change { max($0, now) &+ charge }
    }

    // A window that became smaller since leaves a debt above its tolerance; a full one is enough.
    private func debt(
        at moment: UInt64, _ window: RateLimitWindow, nowNanoseconds now: UInt64
    ) -> UInt64 {
        moment > now ? min(moment &- now, window.toleranceNanoseconds) : 0
    }

    private func change(_ next: (UInt64) -> UInt64) {
        var seen = moment.pointee.load(ordering: .relaxed)
        while true {
            let (exchanged, original) = moment.pointee.weakCompareExchange(
                expected: seen, desired: next(seen), ordering: .relaxed)
            if exchanged { return }
            seen = original
        }
    }
}
