import Bytes
@testable import Rego

/// One case of the suite, as the files have it, and what became of it.
struct ConformanceCase {
    enum Outcome {
        case passed
        case failed(String)
    }

    let id: String
    private let fields: ObjectView
    private let arena: Arena

    init(_ value: Value, _ arena: Arena) {
        fields = value.object
        self.arena = arena
        id = fields["id"].string ?? "?"
    }

    /// - Parameter tracing: the program is planned for a tracer, and followed by one.
    func run(tracing: TraceOptions? = nil) -> Outcome {
        do {
            let snapshot = try link(tracing)
            let evaluator = Evaluator(snapshot)
            if tracing != nil {
                evaluator.tracer = Tracer(
                    snapshot.program, [.events, .variables, .counts], eventsMax: 100_000)
            }
            evaluator.strictErrors = fields["strict_error"].isTrue
            evaluator.begin()
            guard let entry = snapshot.program.queryEntryPoint else { return .failed("no query") }
            let input = try input()
            let answer: Value
            do {
                answer = try evaluator.evaluate(
                    entry, input: input, nowNanoseconds: 1_780_000_000_000_000_000)
            } catch {
                return judge(error)
            }
            return withExtendedLifetime(evaluator) {
                if let tracer = evaluator.tracer, let fault = fault(tracer, snapshot.program) {
                    return .failed(fault)
                }
                return judge(answer)
            }
        } catch {
            return .failed("compile: \(error)")
        }
    }

    /// What is wrong with a complete trace: an event before its body or rule was entered.
    private func fault(_ tracer: Tracer, _ program: Program) -> String? {
        let trace = Trace(tracer, of: program)
        guard !trace.isCut else { return nil }
        guard let first = trace.events.first, first.operation == .enter, first.query == 0 else {
            return "the trace does not begin with the query"
        }
        var entered = Set<Int>()
        for event in trace.events {
            if event.operation == .enter { entered.insert(event.query) }
            guard entered.contains(event.query) else { return "\(event) before its query" }
        }
        return nil
    }

    private func link(_ tracing: TraceOptions?) throws -> Snapshot {
        let version: RegoVersion = fields["version"].isString("v0") ? .v0 : .v1
        let experimental = fields["experimental_keywords"].isTrue
        var symbols = SymbolTable()
        var modules: [Module] = []
        var names: [String] = []
        for (index, source) in fields["modules"].array.buffer.enumerated() {
            let options = ParserOptions(version: version, allowsExperimentalKeywords: experimental)
            names.append("test-\(index).rego")
            modules.append(
                try ModuleParser.parse(
                    Array(source.stringBytes), file: index, options: options, symbols: &symbols))
        }
        let compiled = try Compiler.compile(
            modules, symbols: symbols, options: Self.options, fileNames: names)
        let query = try Self.query(Array(fields["query"].stringBytes), compiled)
        let program = try Program(
            compiled, entryPoints: [], query: query, fileNames: names, tracing: tracing)
        let freezer = Freezer()
        let data = fields["data"]
        let root = data.isObject ? freezer.copy(data) : Value.emptyObject
        return Snapshot(
            program, data: freezer.seal(root: root), builtins: ["test.sleep": { _, _ in .null }])
    }

    private static let options = CompilerOptions(extraBuiltins: [
        BuiltinDeclaration(name: "test.sleep", arguments: [.string], result: .null)
    ])

    private static func query(
        _ text: [UInt8], _ modules: CompiledModules
    ) throws -> CompiledQuery {
        var symbols = modules.symbols
        let body = try ModuleParser.parseQuery(text, symbols: &symbols)
        return try modules.compile(query: body, symbols: symbols, options: options)
    }

    private func input() throws -> Value {
        let term = fields["input_term"]
        guard let text = term.string else {
            let input = fields["input"]
            return input.isNull ? .undefined : input
        }
        let none = try Compiler.compile([], symbols: SymbolTable())
        let query = try Self.query(Array("x = \(text)".utf8), none)
        let snapshot = Snapshot(try Program(none, entryPoints: [], query: query))
        guard let entry = snapshot.program.queryEntryPoint else { return .undefined }
        let evaluator = Evaluator(snapshot)
        let solutions = try evaluator.evaluate(entry, input: .undefined, nowNanoseconds: 0)
        return withExtendedLifetime(evaluator) {
            copy(solutions.array[0].array[0].object["x"])
        }
    }

    /// A copy in this case's own arena, sets and all.
    private func copy(_ value: Value) -> Value {
        switch value.kind {
        case .undefined, .null, .boolean: value
        case .number: value.withNumberText { arena.number(text: $0) }
        case .string: arena.string(value.stringBytes)
        case .array: arena.array(count: value.array.count) { copy(value.array[$0]) }
        case .set:
            {
                var builder = SetBuilder(arena)
                for member in value.set.buffer { builder.insert(copy(member)) }
                return builder.finish()
            }()
        case .object:
            {
                var builder = ObjectBuilder(arena)
                for position in 0..<value.object.count {
                    builder.set(
                        copy(value.object.key(at: position)),
                        copy(value.object.value(at: position)))
                }
                return builder.finish()
            }()
        }
    }

    // MARK: Judging

    private var wantsError: Bool {
        fields["want_error_code"].isString || fields["want_error"].isString
    }

    private func judge(_ error: EvaluationError) -> Outcome {
        let text = error.description
        if let code = fields["want_error_code"].string, code != error.code.rawValue {
            return .failed("wanted \(code), got \(text)")
        }
        if let wanted = fields["want_error"].string, !wanted.isEmpty, !text.contains(wanted) {
            return .failed("wanted \(wanted), got \(text)")
        }
        return wantsError ? .passed : .failed("error \(text)")
    }

    private func judge(_ solutions: Value) -> Outcome {
        guard !wantsError else {
            return .failed("wanted an error, got \(text(solutions))")
        }
        var got = SetBuilder(arena)
        for solution in solutions.array.buffer { got.insert(bindings(solution.array[0])) }
        var wanted = SetBuilder(arena)
        for bindings in fields["want_result"].array.buffer { wanted.insert(bindings) }
        let (gotSet, wantedSet) = (got.finish(), wanted.finish())
        if gotSet == wantedSet { return .passed }
        return .failed("wanted \(text(wantedSet)), got \(text(gotSet))")
    }

    private func bindings(_ solution: Value) -> Value {
        var builder = ObjectBuilder(arena)
        for position in 0..<solution.object.count {
            let name = solution.object.key(at: position)
            if fields["ignore_generated_vars"].isTrue, name.string?.hasPrefix("__localq") == true {
                continue
            }
            var value = json(solution.object.value(at: position))
            if fields["sort_bindings"].isTrue, value.isArray {
                let sorted = value.array.buffer.sorted()
                value = arena.array(count: sorted.count) { sorted[$0] }
            }
            builder.set(copy(name), value)
        }
        return builder.finish()
    }

    /// As ast.JSON makes it: no sets, string keys only.
    private func json(_ value: Value) -> Value {
        let text = value.json()
        return text.withUnsafeBytes { (try? arena.value(json: $0)) ?? .undefined }
    }

    private func text(_ value: Value) -> String { String(decoding: value.json(), as: UTF8.self) }
}
