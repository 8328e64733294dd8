internal import Glibc

/// A reader of hostile bytes, and what must hold whatever it is given.
public struct FuzzTarget: Sendable {
    public let name: String
    /// Longer inputs are not tried: what is checked is quadratic, or longer shows nothing new.
    public let bytesMax: Int
    private let check: @Sendable ([UInt8]) throws(Finding) -> Void

    init(
        _ name: String, bytesMax: Int = 4096,
        _ check: @escaping @Sendable ([UInt8]) throws(Finding) -> Void
    ) {
        self.name = name
        self.bytesMax = bytesMax
        self.check = check
    }

    /// Every target there is; `scripts/fuzz.sh` and the replay of the corpus go through this list.
    public static let all: [FuzzTarget] = [
        SourceTarget.target,
        FormatTarget.target,
        EvaluationTarget.target,
        BuiltinTarget.target,
        PatternTarget.target,
        GlobTarget.target,
        JSONTarget.target,
        YAMLTarget.target,
        RequestTarget.target,
        ResponseTarget.target,
        BodyTarget.target,
        PathTarget.target,
        BundleTarget.target,
        EncodingTarget.target,
        H2PeerTarget.server,
        H2PeerTarget.client,
        H2PairTarget.target,
        WebSocketTarget.target,
    ]

    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }

    /// Checks one input.
    ///
    /// - Parameter limit: CPU time of this thread that the check may take.
    /// - Throws: what does not hold.
    public func run(_ bytes: [UInt8], within limit: Duration) throws(Finding) {
        guard bytes.count <= bytesMax else { return }
        let start = Self.cpuTime()
        try check(bytes)
        let taken = Self.cpuTime() - start
        if taken > limit { throw Finding("took \(taken) of CPU time") }
    }

    static func cpuTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
