internal import Rego

/// A compiled policy whose evaluations are small.
struct FuzzPolicy {
    /// How an evaluation ended.
    enum Answer: Equatable {
        case undefined
        /// As JSON.
        case value([UInt8])
        case failed(String)
    }

    let program: Program
    /// Whether it may answer differently each time.
    let isRandom: Bool

    /// Far below what a worker grants.
    static let limits: Limits = {
        var limits = Limits()
        limits.instructionsMax = 400_000
        limits.arenaBytesMax = 16 << 20
        limits.callDepthMax = 128
        limits.timeNanosecondsMax = 50_000_000
        return limits
    }()

    /// Nil when the source does not compile.
    init?(_ source: [UInt8], entries: [String]) {
        var symbols = SymbolTable()
        do throws(RegoErrors) {
            let module = try ModuleParser.parse(
                source, file: 0, options: ParserOptions(), symbols: &symbols)
            let compiled = try Compiler.compile(
                [module], symbols: symbols, fileNames: ["fuzz.rego"])
            guard let program = try? Program(compiled, entryPoints: entries) else { return nil }
            self.program = program
        } catch {
            return nil
        }
        let text = String(decoding: source, as: UTF8.self)
        isRandom = text.contains("rand.") || text.contains("uuid.")
            || text.contains("encode_sign") || text.contains("x509.")
    }

    /// The answer of a fresh evaluator; no answer when the input is no JSON counts as no input.
    func answer(_ entry: String, _ snapshot: Snapshot, input json: [UInt8]) -> Answer {
        guard let entry = program.entryPoint(entry) else { return .undefined }
        let evaluator = Evaluator(snapshot, limits: Self.limits)
        evaluator.begin()
        let input = json.withUnsafeBytes { try? evaluator.arena.value(json: $0) } ?? .undefined
        return withExtendedLifetime(evaluator) {
            do throws(EvaluationError) {
                let value = try evaluator.evaluate(entry, input: input, nowNanoseconds: 1)
                return value.isUndefined ? .undefined : .value(value.json())
            } catch {
                return .failed(error.description)
            }
        }
    }
}
