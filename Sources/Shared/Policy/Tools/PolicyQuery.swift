internal import Bytes
public import Rego

/// A query over policies and data, compiled once.
public final class PolicyQuery {
    /// One solution of the query.
    public struct Row {
        /// An object: the query's variables with their values.
        public let bindings: Value
        /// One for each expression of the query.
        public let values: [Value]
    }

    /// An expression of the query as it was written.
    public struct Expression: Sendable, Equatable {
        public let text: String
        public let row: Int
        public let column: Int
    }

    /// What is told of evaluations besides their results; costs time.
    public struct Observation: Sendable {
        public var interests: Tracer.Interests = []
        public var options = TraceOptions()

        public init() {}
    }

    /// The query's expressions, in the order of a row's values.
    public let expressions: [Expression]
    /// How long the stages took, all evaluations together.
    public private(set) var timings: QueryTimings
    private let modules: BundleModules
    private let evaluator: Evaluator
    private let entryPoint: EntryPoint

    /// - Parameters:
    ///   - imports: such as `data.a.b` or `input.x`, which the query may name by their last word.
    ///   - package: where names that are no imports are looked for, such as `data.a.b` or `a.b`.
    ///   - host: what the query's builtins may reach.
    ///   - knownBuiltins: the only builtins that there are; nil for all.
    ///   - isStrict: refuses what the compiler's strict mode refuses.
    /// - Throws: what parser and compiler say of the modules or the query.
    public init(
        _ text: String, in bundle: Bundle, imports: [String] = [], package: String? = nil,
        limits: Limits = .init(), host: BuiltinHost = .init(), isStrict: Bool = false,
        knownBuiltins: Set<String>? = nil, observing observation: Observation = .init()
    ) throws(BundleError) {
        var timings = QueryTimings()
        let options = CompilerOptions(
            isStrict: isStrict, keepsPrint: host.printLine != nil, knownBuiltins: knownBuiltins)
        let compiled = try bundle.compile(options: options)
        timings.finish(.moduleCompile)
        var symbols = compiled.symbols
        let source = Array(text.utf8)
        let query: CompiledQuery
        compilation: do throws(RegoErrors) {
            let body = try ModuleParser.parseQuery(source, symbols: &symbols)
            timings.finish(.queryParse)
            expressions = body.map { Self.expression($0.location, of: source) }
            var named = try Self.parse(imports, symbols: &symbols)
            if let package { named += try Self.rules(of: package, compiled, symbols: &symbols) }
            let written = try compiled.compile(
                query: body, symbols: symbols, imports: named, options: options)
            guard QueryShape.isSingleValue(body, symbols), let only = expressions.first else {
                query = written
                break compilation
            }
            let captured = try ModuleParser.parseQuery(
                Array(Self.capturing(only.text, body).utf8), symbols: &symbols)
            query = try compiled.compile(
                query: captured, symbols: symbols, imports: named, options: options)
        } catch {
            throw .modules(BundleModules.describe(query: error.errors))
        }
        let program: Program
        do throws(RegoError) {
            program = try Program(
                compiled, entryPoints: [], query: query, fileNames: bundle.modules.paths,
                tracing: observation.interests.isEmpty ? nil : observation.options)
        } catch {
            throw .modules(BundleModules.describe(query: [error]))
        }
        guard let entryPoint = program.queryEntryPoint else { throw .noEntrypoint(text) }
        self.entryPoint = entryPoint
        evaluator = Evaluator(Snapshot(program, data: bundle.data), limits: limits, host: host)
        if program.isTraceable { evaluator.tracer = Tracer(program, observation.interests) }
        modules = bundle.modules
        timings.finish(.queryCompile)
        self.timings = timings
    }

    /// The variable that takes the value of a query that is one expression: a value of `false` is
    /// then an answer, as with `opa eval`.
    private static let capture = Program.captureName

    /// A term unifies with the variable, as in OPA's traces; of a call it takes the result.
    private static func capturing(_ text: String, _ body: Body) -> String {
        if case .term? = body.first?.kind { "\(text) = \(capture)" } else { "\(capture) := \(text)" }
    }

    /// All solutions; none when the query is undefined. They are valid until the next call, and no
    /// longer than the query itself.
    ///
    /// - Parameters:
    ///   - input: JSON text; nil for an undefined input.
    ///   - nowNanoseconds: the time that policies see, since 1970.
    public func run(
        input: [UInt8]?, strictErrors: Bool = false, nowNanoseconds: Int64
    ) throws(PolicyQueryError) -> [Row] {
        evaluator.begin()
        evaluator.strictErrors = strictErrors
        timings.start()
        let value = try document(input)
        timings.finish(.inputParse)
        defer { timings.finish(.queryEvaluation) }
        do throws(EvaluationError) {
            let rows = try evaluator.evaluate(
                entryPoint, input: value, nowNanoseconds: nowNanoseconds)
            return rows.array.buffer.map { row in
                let captured = row.array[0].member(Self.capture)
                if captured.isDefined { return Row(bindings: .emptyObject, values: [captured]) }
                return Row(bindings: row.array[0], values: Array(row.array[1].array.buffer))
            }
        } catch {
            throw .evaluation(error)
        }
    }

    // MARK: Observations

    /// From now on errors of builtins that make something undefined are kept.
    public func collectErrors() { evaluator.collectErrors() }

    /// What was kept since.
    public var toleratedErrors: [ModuleError] {
        evaluator.toleratedErrors.map { PolicyQueryError.evaluation($0).entry }
    }

    /// Of the last evaluation; nil when it was not observed.
    public var trace: Trace? {
        evaluator.tracer.map { Trace($0, of: evaluator.snapshot.program) }
    }

    /// Of all evaluations; nil when they were not observed.
    public var coverage: Coverage? {
        evaluator.tracer.map {
            Coverage($0, of: evaluator.snapshot.program, modules: modules.parsed)
        }
    }

    /// Of all evaluations; nil when they were not observed.
    public func profile(by criteria: [Profile.Criterion], countMax: Int?) -> Profile? {
        evaluator.tracer.map {
            Profile($0, of: evaluator.snapshot.program, by: criteria, countMax: countMax)
        }
    }

    /// Why the last evaluation's decision does not allow; all rules must have been entered
    /// (`TraceOptions.indexesRules` off).
    public var failures: [FailedExpression] {
        trace.map { FailureAnalysis.failures($0, sources: modules.sources) } ?? []
    }

    // MARK: Measuring

    /// What the last evaluation needed of memory, its input included.
    var bytesUsed: Int { evaluator.arena.bytesUsed }

    /// Evaluates once and tells how many nanoseconds the input and the evaluation took.
    func time(
        input: [UInt8]?, nowNanoseconds: Int64
    ) throws(PolicyQueryError) -> (input: Int64, evaluation: Int64) {
        let clock = ContinuousClock()
        evaluator.begin()
        let start = clock.now
        let value = try document(input)
        let built = clock.now
        do throws(EvaluationError) {
            _ = try evaluator.evaluate(entryPoint, input: value, nowNanoseconds: nowNanoseconds)
        } catch {
            throw .evaluation(error)
        }
        let end = clock.now
        return (Int64((built - start).nanoseconds), Int64((end - built).nanoseconds))
    }

    private func document(_ input: [UInt8]?) throws(PolicyQueryError) -> Value {
        guard let input else { return .undefined }
        let arena = evaluator.arena
        let parsed = input.withUnsafeBytes { text in
            Result { () throws(JSONError) in try arena.value(json: text) }
        }
        switch parsed {
        case .success(let value): return value
        case .failure(let error): throw .input(JSONPlace.describe(error, in: input))
        }
    }

    /// Imports have a syntax in modules only.
    private static func parse(
        _ imports: [String], symbols: inout SymbolTable
    ) throws(RegoErrors) -> [Import] {
        let source = "package query\n" + imports.map { "import \($0)\n" }.joined()
        let module = try ModuleParser.parse(
            Array(source.utf8), file: 0, options: ParserOptions(), symbols: &symbols)
        return module.imports
    }

    /// The rules of a package as imports, which is what makes their bare names known.
    private static func rules(
        of package: String, _ modules: CompiledModules, symbols: inout SymbolTable
    ) throws(RegoErrors) -> [Import] {
        let path = package.hasPrefix("data.") ? package : "data." + package
        var node: Int? = RuleTree.root
        for name in path.split(separator: ".") {
            node = node.flatMap { parent in
                modules.symbols.find(String(name)).flatMap {
                    modules.tree.child(parent, .string($0))
                }
            }
        }
        guard let node else { return [] }
        let names = modules.tree.nodes[node].children.compactMap { child -> String? in
            guard case .string(let name) = modules.tree.nodes[child].key else { return nil }
            return "\(path).\(modules.symbols[name])"
        }
        return try parse(names, symbols: &symbols)
    }

    private static func expression(
        _ location: SourceLocation, of source: [UInt8]
    ) -> Expression {
        let start = min(Int(location.offset), source.count)
        let end = min(start + Int(location.length), source.count)
        return Expression(
            text: String(decoding: source[start..<end], as: UTF8.self), row: Int(location.row),
            column: Int(location.column))
    }
}

/// Why a query has no answer.
public enum PolicyQueryError: Error, Sendable {
    /// The input is no JSON.
    case input(String)
    case evaluation(EvaluationError)
}

extension PolicyQueryError: CustomStringConvertible {
    /// The error with its code and place, for output that has room for them.
    public var entry: ModuleError {
        switch self {
        case .input: .message(description)
        case .evaluation(let error):
            ModuleError(
                code: error.code.rawValue, message: error.message, file: error.file,
                row: Int(error.location.row), column: Int(error.location.column))
        }
    }

    public var description: String {
        switch self {
        case .input(let reason): "input: \(reason)"
        case .evaluation(let error): error.description
        }
    }
}
