/// The world as a builtin may see it, and what one evaluation shares between calls.
///
/// One per evaluator, used by one thread at a time. Passing it costs no reference counting.
public final class BuiltinContext {
    /// Where results are made; reset between evaluations.
    public let arena: Arena
    /// Compiled patterns and the like: kept between evaluations.
    public let caches: BuiltinCaches
    private let grants: BuiltinHost
    private var time: Int64 = 0
    private var chance: UInt64 = 0
    /// Whether the evaluation has so far seen nothing but its input and data: neither the time,
    /// nor chance, nor what the host grants. Then it has the same result at any other time.
    public private(set) var isRepeatable = true
    /// Whether builtin errors end the evaluation instead of being undefined.
    public internal(set) var strictErrors = false

    /// Builtin errors that made something undefined; nil where nobody asks.
    private(set) var toleratedErrors: [EvaluationError]?
    private static let toleratedErrorsMax = 1_000

    /// Follows evaluations of programs that are planned for it.
    var tracer: Tracer?

    /// Behind a pointer, so that the machine counts without exclusivity checks.
    let budget: UnsafeMutablePointer<Budget>

    init(arena: Arena, host: BuiltinHost, budget: Budget) {
        self.arena = arena
        grants = host
        self.budget = .allocate(capacity: 1)
        self.budget.initialize(to: budget)
        caches = BuiltinCaches()
    }

    deinit {
        budget.deinitialize(count: 1)
        budget.deallocate()
    }

    /// Where `Work` counts down during an evaluation.
    var workLeft: UnsafeMutablePointer<Int> {
        UnsafeMutableRawPointer(budget).advanced(by: Budget.leftOffset)
            .assumingMemoryBound(to: Int.self)
    }

    /// What the host grants: network, process environment.
    public var host: BuiltinHost {
        isRepeatable = false
        return grants
    }

    /// The one time of this evaluation, in nanoseconds since 1970 (OPA: constant per query).
    public var nowNanoseconds: Int64 {
        isRepeatable = false
        return time
    }

    /// Random per evaluation. `rand.intn` and `uuid.rfc4122` must answer the same for the same
    /// arguments within one evaluation: derive them from this and the arguments.
    public var seed: UInt64 {
        isRepeatable = false
        return chance
    }

    /// For a builtin with chance of its own, such as one that signs.
    public func takeChance() { isRepeatable = false }

    /// Starts an evaluation.
    func begin(nowNanoseconds: Int64, seed: UInt64) {
        time = nowNanoseconds
        chance = seed
        isRepeatable = true
    }

    /// From now on errors that are not strict are kept.
    func collectErrors() { toleratedErrors = [] }

    func tolerate(_ failure: MachineFailure, in program: Program, at position: Int) {
        guard let known = toleratedErrors, known.count < Self.toleratedErrorsMax else { return }
        toleratedErrors?.append(program.error(failure, at: position))
    }

    /// Pays for `units` of work (about one loop turn each); fails when the budget is used up.
    public func spend(_ units: Int) throws(BuiltinError) {
        do throws(BudgetError) {
            try budget.pointee.spend(units, arena: arena)
        } catch {
            throw .budget(error)
        }
    }

    /// A context with an arena of its own, for tests of builtins.
    public static func forTesting(
        _ storage: borrowing ArenaStorage, nowNanoseconds: Int64 = 0,
        host: BuiltinHost = BuiltinHost()
    ) -> BuiltinContext {
        let context = BuiltinContext(arena: storage.arena, host: host, budget: Budget())
        context.begin(nowNanoseconds: nowNanoseconds, seed: 0)
        context.budget.pointee.start(cancellation: nil)
        return context
    }
}

/// What the process lets builtins do. The default grants nothing.
public struct BuiltinHost: Sendable {
    /// Performs one `http.send`: the request object in, the response object out, both in the
    /// given context's arena. Nil refuses.
    public var httpSend: BuiltinFunction?
    /// Resolves a name for `net.lookup_ip_addr`: textual addresses. Nil refuses.
    public var lookupAddresses: (@Sendable (String) -> [String]?)?
    /// JSON text of what `opa.runtime()` answers.
    public var runtimeJSON: [UInt8]
    /// Takes what `print` prints, one line without its end. Nil drops it.
    public var printLine: (@Sendable (String) -> Void)?

    public init() {
        runtimeJSON = Array("{}".utf8)
    }
}
