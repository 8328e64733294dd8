import Bytes
import Rego

/// A query over one module, evaluated under a tracer.
final class TracedRun {
    let program: Program
    let tracer: Tracer
    private let evaluator: Evaluator
    private let input: String

    init(
        _ source: String, _ query: String, input: String = "", data: String = "{}",
        interests: Tracer.Interests = [.events, .variables, .counts],
        options: TraceOptions = TraceOptions(), eventsMax: Int = 10_000
    ) throws {
        var symbols = SymbolTable()
        let module = try ModuleParser.parse(
            Array(source.utf8), file: 0, options: ParserOptions(), symbols: &symbols)
        let compiled = try Compiler.compile([module], symbols: symbols, fileNames: ["policy.rego"])
        symbols = compiled.symbols
        let body = try ModuleParser.parseQuery(Array(query.utf8), symbols: &symbols)
        program = try Program(
            compiled, entryPoints: [], query: try compiled.compile(query: body, symbols: symbols),
            fileNames: ["policy.rego"], tracing: options)
        tracer = Tracer(program, interests, eventsMax: eventsMax)
        evaluator = Evaluator(try TestPolicy.snapshot(program, data: data))
        evaluator.tracer = tracer
        self.input = input
    }

    /// The trace of one evaluation; of one that fails, what came before.
    func trace() throws -> Trace {
        evaluator.begin()
        let document =
            input.isEmpty ? .undefined : try TestPolicy.value(input, in: evaluator.arena)
        if let entry = program.queryEntryPoint {
            _ = try evaluator.evaluate(entry, input: document, nowNanoseconds: 1)
        }
        return Trace(tracer, of: program)
    }
}
