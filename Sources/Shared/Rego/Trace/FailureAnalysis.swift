/// Finds out why a decision is not what was asked for.
///
/// For each rule that could have made the decision allow: the first expression that failed. One
/// that only refers to another document which has no value, or only its default, is replaced by
/// what failed there. Each cause is told once, and those of rules that got further come first.
///
/// The trace must be of a program whose rules are all entered (`TraceOptions.indexesRules` off).
public struct FailureAnalysis {
    private let trace: Trace
    private let plan: TracePlan
    private let sources: [[UInt8]]
    private let runs: RuleRuns
    private var explained = Set<Int>()
    private var told = Set<SourceLocation>()
    private var found: [FailedExpression] = []

    private static let names: Set = ["allow", "allowed"]

    private init(_ trace: Trace, sources: [[UInt8]]) {
        self.trace = trace
        self.sources = sources
        plan = trace.program.tracePlan ?? TracePlan()
        runs = RuleRuns(trace, plan)
    }

    /// - Parameter sources: the policies' texts, in the order of the program's file names.
    public static func failures(_ trace: Trace, sources: [[UInt8]]) -> [FailedExpression] {
        var analysis = FailureAnalysis(trace, sources: sources)
        analysis.follow(analysis.runs.roots)
        return analysis.found
    }

    // MARK: Documents

    /// Of several documents those that are called `allow` or `allowed` decide.
    private mutating func follow(_ documents: [Int]) {
        let deciding = documents.filter { document in
            plan.documents[document].path.last.map {
                Self.names.contains(trace.program.symbols[$0])
            } ?? false
        }
        for document in deciding.isEmpty ? documents : deciding { explain(document) }
    }

    private mutating func explain(_ document: Int) {
        guard explained.insert(document).inserted else { return }
        let holding = runs.holding(document)
        guard !holding.isEmpty else { return explainFailure(of: document) }
        for run in holding {
            let made = run.calls.filter { $0.isGenerated }.map(\.document)
            if made.isEmpty, run.isFalse { tell(rule: run) } else { follow(made) }
        }
    }

    /// No rule of the document holds.
    private mutating func explainFailure(of document: Int) {
        let failed = runs.all(document).filter { !$0.isDefault && $0.failure != nil }
        for run in failed.sorted(by: { $0.passed > $1.passed }) { explain(run) }
    }

    private mutating func explain(_ run: RuleRun) {
        guard let failure = run.failure else { return }
        let written = run.written(failure, plan)
        let documents = run.calls.filter { written.encloses($0.location) }.map(\.document)
        let missing = documents.filter { runs.holding($0).isEmpty }
        let before = found.count
        if !isNegated(written, in: run) {
            for document in missing { explain(document) }
            let areKnown = !missing.isEmpty && missing.allSatisfy { explained.contains($0) }
            if found.count > before || areKnown && missing.allSatisfy(hasFailures) { return }
        }
        tell(written, of: run, causes: documents.flatMap { runs.holding($0) })
    }

    private func hasFailures(_ document: Int) -> Bool {
        runs.all(document).contains { !$0.isDefault && $0.failure != nil }
    }

    private func isNegated(_ place: SourceLocation, in run: RuleRun) -> Bool {
        run.body(plan).contains { $0.location == place && ($0.isNegated || $0.isNegation) }
    }

    // MARK: Telling

    private mutating func tell(
        _ place: SourceLocation, of run: RuleRun, causes: [RuleRun]
    ) {
        guard told.insert(place).inserted else { return }
        found.append(
            FailedExpression(
                rule: trace.program.path(ofDocument: run.document),
                file: trace.program.fileName(place), location: place, text: text(place),
                passed: run.passed, causes: causes.map(cause)))
    }

    private mutating func tell(rule run: RuleRun) {
        guard let head = plan.nodes[run.node].rule?.head.location else { return }
        tell(head, of: run, causes: [])
    }

    private func cause(_ run: RuleRun) -> FailedExpression.Cause {
        let place = plan.nodes[run.node].rule?.head.location ?? SourceLocation()
        return FailedExpression.Cause(
            rule: trace.program.path(ofDocument: run.document),
            file: trace.program.fileName(place), location: place, text: text(place))
    }

    /// The source, its white space reduced to single blanks.
    private func text(_ place: SourceLocation) -> String {
        guard sources.indices.contains(Int(place.file)) else { return "" }
        let source = sources[Int(place.file)]
        let start = min(Int(place.offset), source.count)
        let written = String(decoding: source[start..<min(place.end, source.count)], as: UTF8.self)
        return written.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension Expression {
    fileprivate var isNegation: Bool {
        if case .negation = kind { true } else { false }
    }
}

extension SourceLocation {
    /// The other place lies within this one.
    func encloses(_ other: SourceLocation) -> Bool {
        file == other.file && offset <= other.offset && other.end <= end
    }
}
