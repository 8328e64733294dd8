/// Evaluates policies for one worker: owns its arena, registers and caches, and uses them again.
///
/// A warm evaluation allocates nothing. Use it from one thread at a time:
///
///     evaluator.begin()
///     var input = ObjectBuilder(evaluator.arena)      // or evaluator.arena.value(json:)
///     input.set("method", evaluator.arena.string(borrowing: method))
///     let answer = try evaluator.evaluate(entry, input: input.finish(), nowNanoseconds: now)
///
/// `answer` and everything made in the arena are valid until the next `begin()`.
public final class Evaluator {
    /// What is evaluated; may be exchanged between evaluations.
    public var snapshot: Snapshot
    /// Whether builtin errors end an evaluation instead of being undefined.
    public var strictErrors = false

    /// Errors of builtins that made something undefined, of all evaluations since `collectErrors`.
    public var toleratedErrors: [EvaluationError] { context.toleratedErrors ?? [] }

    /// From now on such errors are kept. Costs memory for each.
    public func collectErrors() { context.collectErrors() }

    /// Follows evaluations, when the snapshot's program was planned with `TraceOptions`.
    public var tracer: Tracer? {
        get { context.tracer }
        set { context.tracer = newValue }
    }

    private let storage: ArenaStorage
    private let context: BuiltinContext
    private let stacks: MachineStacks
    private var evaluations: UInt64

    public init(
        _ snapshot: Snapshot, limits: Limits = Limits(), host: BuiltinHost = BuiltinHost()
    ) {
        self.snapshot = snapshot
        storage = ArenaStorage(bytesMax: limits.arenaBytesMax)
        context = BuiltinContext(
            arena: storage.arena, host: host, budget: Budget(limits: limits))
        stacks = MachineStacks(frameCountMax: limits.callDepthMax)
        evaluations = .random(in: 0...UInt64.max)
    }

    /// Where the input is built.
    public var arena: Arena { storage.arena }

    /// Forgets the last evaluation.
    public func begin() { storage.reset() }

    /// Whether the last evaluation saw nothing but its input and the snapshot, so that the same
    /// input has the same answer for as long as the snapshot is the same.
    public var isRepeatable: Bool { context.isRepeatable }

    /// The value at an entry point of this snapshot's program; undefined when it has none.
    ///
    /// - Parameters:
    ///   - input: undefined when there is no input.
    ///   - nowNanoseconds: the time that `time.now_ns` tells, since 1970.
    public func evaluate(
        _ entry: EntryPoint, input: Value, nowNanoseconds: Int64,
        cancellation: Cancellation? = nil
    ) throws(EvaluationError) -> Value {
        guard entry.function < snapshot.program.functions.count else { return .undefined }
        context.strictErrors = strictErrors
        evaluations &+= 1
        context.begin(nowNanoseconds: nowNanoseconds, seed: StringHash.mix(evaluations))
        context.budget.pointee.start(cancellation: cancellation)
        let machine = Machine(snapshot, context, stacks)
        var position = 0
        do throws(MachineFailure) {
            return try Work.counting(at: context.workLeft) { () throws(MachineFailure) in
                let answer = try machine.run(entry.function, input: input, position: &position)
                // Whoever asked will look at all of it.
                _ = answer.isAffordable()
                try machine.settle()
                return answer
            }
        } catch {
            throw snapshot.program.error(error, at: max(position - 1, 0))
        }
    }
}

/// Registers and call frames of one evaluator. Memory that no evaluation touched costs nothing.
final class MachineStacks {
    let registers: UnsafeMutablePointer<Value>
    let registerCountMax = 1 << 20
    let frames: UnsafeMutablePointer<Machine.Frame>
    let frameCountMax: Int

    init(frameCountMax: Int) {
        self.frameCountMax = frameCountMax
        registers = .allocate(capacity: registerCountMax)
        frames = .allocate(capacity: frameCountMax)
    }

    deinit {
        registers.deallocate()
        frames.deallocate()
    }
}
