/// Says why a decision does not allow.
///
/// It plans and evaluates the policy by itself, so that the policy that decides stays as fast as
/// it is: for whoever asks afterwards, with the input of a decision that was refused.
public final class Explainer {
    private let program: Program
    private let sources: [[UInt8]]
    private let evaluator: Evaluator
    private let tracer: Tracer
    private let entry: EntryPoint

    /// - Parameters:
    ///   - entryPoint: such as `data.agentd.authz.decision`.
    ///   - fileNames: of the sources, by the `file` of their locations.
    ///   - sources: the texts, in the same order.
    public init(
        _ modules: CompiledModules, entryPoint: String, data: FrozenData = .empty,
        fileNames: [String], sources: [[UInt8]], limits: Limits = Limits()
    ) throws(RegoError) {
        var options = TraceOptions()
        options.indexesRules = false
        program = try Program(
            modules, entryPoints: [entryPoint], fileNames: fileNames, tracing: options)
        guard let entry = program.entryPoint(entryPoint) else {
            throw RegoError(
                code: .compile, message: "undefined entry point \(entryPoint)", location: nil)
        }
        self.entry = entry
        self.sources = sources
        evaluator = Evaluator(Snapshot(program, data: data), limits: limits)
        tracer = Tracer(program, .events)
        evaluator.tracer = tracer
    }

    /// The fewest expressions that explain why the decision does not allow, those that are nearest
    /// to allowing first. None when it allows, or when no expression can be blamed.
    ///
    /// - Parameters:
    ///   - input: makes the input in an arena; undefined when there is none.
    ///   - nowNanoseconds: the time that the policy saw, since 1970.
    public func failures<Failure: Error>(
        nowNanoseconds: Int64, input: (Arena) throws(Failure) -> Value
    ) throws -> [FailedExpression] {
        evaluator.begin()
        let input = try input(evaluator.arena)
        let answer = try evaluator.evaluate(entry, input: input, nowNanoseconds: nowNanoseconds)
        if answer.isTrue { return [] }
        return FailureAnalysis.failures(Trace(tracer, of: program), sources: sources)
    }
}
