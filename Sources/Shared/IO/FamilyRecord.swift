/// What is known of a name's addresses of one kind, and when to ask again. Knows no clock.
struct FamilyRecord {
    private var addresses: [SocketAddress] = []
    private(set) var failure: ResolutionFailure? = .pending
    /// When to ask next.
    private(set) var due: UInt64 = 0
    /// Until when the addresses count, should nobody answer.
    private var goodUntil: UInt64 = 0
    private var failuresInARow = 0
    var isAsking = false

    /// The addresses that may be connected to now.
    func addresses(at now: UInt64) -> [SocketAddress] { now < goodUntil ? addresses : [] }

    /// When something changes without an answer.
    func nextChange(after now: UInt64) -> UInt64 {
        let expiry = addresses.isEmpty || goodUntil <= now ? UInt64.max : goodUntil
        return min(isAsking ? .max : due, expiry)
    }

    func isDue(_ now: UInt64) -> Bool { !isAsking && due <= now }

    /// Returns how many addresses of the answer are not used because of the rule.
    mutating func answered(
        _ answer: AddressAnswer, _ rule: AddressRule, _ options: ResolverOptions, now: UInt64
    ) -> Int {
        isAsking = false
        switch answer {
        case .addresses(let found, let seconds):
            let admitted = found.filter(rule.admits)
            take(admitted, options, timeToLiveSeconds: seconds, now)
            return found.count - admitted.count
        case .none(let reason):
            failuresInARow = 0
            forget(reason)
            due = now &+ options.negativeNanoseconds
        case .failed(let reason):
            if addresses(at: now).isEmpty { forget(reason) }
            let doublings = UInt64(min(failuresInARow, 16))
            failuresInARow += 1
            let wait = options.retryNanoseconds.lowerBound &<< doublings
            due = now &+ min(wait, options.retryNanoseconds.upperBound)
        }
        return 0
    }

    /// An answer replaces what was known, whole: an address that the rule refuses is not used, and
    /// keeps no older one in use either.
    private mutating func take(
        _ admitted: [SocketAddress], _ options: ResolverOptions, timeToLiveSeconds: Int,
        _ now: UInt64
    ) {
        failuresInARow = 0
        addresses = Array(admitted.prefix(options.addressesMax))
        failure = addresses.isEmpty ? .addressRefused : nil
        let limits = options.timeToLiveNanoseconds
        let sent = UInt64(max(0, min(timeToLiveSeconds, 1 << 30))) &* 1_000_000_000
        let life = min(max(sent, limits.lowerBound), limits.upperBound)
        // Ahead of its end, so that there is no time without an answer.
        due = now &+ life / 10 * 9
        goodUntil = now &+ life &+ options.staleNanoseconds
    }

    private mutating func forget(_ reason: ResolutionFailure) {
        addresses = []
        failure = reason
    }
}
