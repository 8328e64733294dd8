internal import Glibc
public import Rego

/// A policy that tries to take all the time or memory there is, and must not.
public struct HostilePolicy: Sendable, CustomStringConvertible {
    /// How one of them ended.
    public struct Ending: Sendable {
        /// As JSON, cut short; `undefined`; or the error.
        public let answer: String
        /// CPU time beyond what the budget allows.
        public let excess: Duration
        /// What the process held at most, in bytes, since it began.
        public let peakBytes: Int
    }

    public static let all = shared + text + numbers + collections

    public let name: String
    public var description: String { name }
    private let expression: String

    init(_ name: String, _ expression: String) {
        self.name = name
        self.expression = expression
    }

    /// What a worker grants, nearly.
    public static let full: Limits = {
        var limits = Limits()
        limits.instructionsMax = 5_000_000
        limits.arenaBytesMax = 64 << 20
        limits.timeNanosecondsMax = 100_000_000
        return limits
    }()

    /// Little, so that builds without optimisation come to the end of it soon.
    public static let little: Limits = {
        var limits = Limits()
        limits.instructionsMax = 200_000
        limits.arenaBytesMax = 16 << 20
        limits.timeNanosecondsMax = 10_000_000
        return limits
    }()

    /// Evaluates it once, in an evaluator of its own.
    public func run(_ limits: Limits) throws -> Ending {
        var symbols = SymbolTable()
        let source = Array((prelude + "p := x if x := \(expression)\n").utf8)
        let module = try ModuleParser.parse(
            source, file: 0, options: ParserOptions(), symbols: &symbols)
        let compiled = try Compiler.compile([module], symbols: symbols, fileNames: ["hostile.rego"])
        let program = try Program(compiled, entryPoints: ["data.t.p"])
        let evaluator = Evaluator(Snapshot(program), limits: limits)
        guard let entry = program.entryPoint("data.t.p") else { return Ending("none", .zero) }
        return try withExtendedLifetime(evaluator) {
            evaluator.begin()
            let input = try Self.input.withUnsafeBytes { try evaluator.arena.value(json: $0) }
            let start = FuzzTarget.cpuTime()
            let answer = evaluate(evaluator, entry, input)
            let taken = FuzzTarget.cpuTime() - start
            let allowed = Duration.nanoseconds(limits.timeNanosecondsMax)
            return Ending(answer, max(taken - allowed, .zero))
        }
    }

    private func evaluate(_ evaluator: Evaluator, _ entry: EntryPoint, _ input: Value) -> String {
        do throws(EvaluationError) {
            let value = try evaluator.evaluate(entry, input: input, nowNanoseconds: 1)
            guard value.isDefined else { return "undefined" }
            return String(decoding: value.json().prefix(60), as: UTF8.self)
        } catch {
            return String(error.description.prefix(100))
        }
    }

    /// What a client can send: 32 KiB of text, and a nest.
    private static let input: [UInt8] = {
        let text = String(repeating: "a", count: 32 << 10)
        let nest = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
        return Array(#"{"text":"\#(text)","nest":\#(nest),"big":1e999999999}"#.utf8)
    }()

    /// What the policies use: long texts and lists, and values whose parts are shared, which are
    /// small in memory and endless to look at.
    private var prelude: String {
        var source = """
            package t

            text := input.text
            long := replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a", text)
            digits := replace(long, "a", "7")
            list := numbers.range(1, 20000)
            few := numbers.range(1, 300)

            """
        if expression.contains("any_object") {
            source += "any_object := object.get({\"x\": o40}, \"x\", null)\n"
        }
        for (letter, first, next) in Self.chains where uses(letter) {
            source += "\(letter)0 := \(first)\n"
            for level in 1...40 {
                let last = "\(letter)\(level - 1)"
                source += "\(letter)\(level) := "
                source += next.split(separator: "?", omittingEmptySubsequences: false)
                    .joined(separator: last) + "\n"
            }
        }
        return source
    }

    /// Whether the expression names a link of the chain; `any_object` is one of `o`.
    private func uses(_ letter: String) -> Bool {
        letter == "o" && expression.contains("any_object")
            || (0...40).contains { expression.contains("\(letter)\($0)") }
    }

    /// Rules that hold the rule before twice: their names, the first, and how the next is made.
    private static let chains = [
        ("d", "[1, 2]", "[?, ?]"), ("e", "[1, 2]", "[?, ?]"),
        ("o", "{\"a\": 1, \"b\": 2}", "{\"a\": ?, \"b\": ?}"),
        ("u", "{\"a\": 1, \"b\": 2}", "{\"a\": ?, \"b\": ?}"),
        ("s", "1234567890123456789", "? * ?"),
    ]
}

extension HostilePolicy.Ending {
    init(_ answer: String, _ excess: Duration) {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        self.init(answer: answer, excess: excess, peakBytes: usage.ru_maxrss * 1024)
    }
}
