/// Which lines of a policy were evaluated, as `opa eval --coverage` and `opa test --coverage`
/// count them: lines on which a rule begins that held, or an expression that was evaluated.
public struct Coverage: Sendable {
    /// Of one source.
    public struct File: Sendable, Equatable {
        public let name: String
        /// Runs of lines, from 1.
        public let covered: [ClosedRange<Int>]
        public let notCovered: [ClosedRange<Int>]

        public var coveredLines: Int { covered.reduce(0) { $0 + $1.count } }
        public var notCoveredLines: Int { notCovered.reduce(0) { $0 + $1.count } }
        /// Of a hundred.
        public var percentage: Double { Coverage.percentage(coveredLines, notCoveredLines) }
    }

    /// In the order of their names; sources without a rule among them.
    public let files: [File]

    public var coveredLines: Int { files.reduce(0) { $0 + $1.coveredLines } }
    public var notCoveredLines: Int { files.reduce(0) { $0 + $1.notCoveredLines } }
    /// Of a hundred, over all files.
    public var percentage: Double { Self.percentage(coveredLines, notCoveredLines) }

    /// What `tracer` counted in all evaluations of the program.
    ///
    /// - Parameter modules: as they were parsed, in the order of the program's file names.
    public init(_ tracer: Tracer, of program: Program, modules: [Module]) {
        var covered = Array(repeating: Set<Int>(), count: modules.count)
        for (reading, node) in zip(tracer.meter.readings, program.tracePlan?.nodes ?? []) {
            let isHit = node.isExpression ? reading.evaluations > 0 : reading.exits > 0
            guard isHit, !node.isQuery, covered.indices.contains(Int(node.location.file)) else {
                continue
            }
            switch node.content {
            case .expression: covered[Int(node.location.file)].insert(Int(node.location.row))
            case .rule(let rule, _):
                covered[Int(rule.head.location.file)].insert(Int(rule.head.location.row))
            case .body: continue
            }
        }
        files = modules.indices.map { index in
            let lines = CoverableLines(modules[index], covered: covered[index])
            return File(
                name: program.fileName(SourceLocation(file: index)),
                covered: Self.ranges(covered[index]), notCovered: Self.ranges(lines.missing))
        }.sorted { $0.name < $1.name }
    }

    fileprivate static func percentage(_ covered: Int, _ missing: Int) -> Double {
        covered + missing == 0 ? 0 : 100 * Double(covered) / Double(covered + missing)
    }

    private static func ranges(_ lines: Set<Int>) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for line in lines.sorted() {
            if let last = ranges.last, last.upperBound + 1 == line {
                ranges[ranges.count - 1] = last.lowerBound...line
            } else {
                ranges.append(line...line)
            }
        }
        return ranges
    }
}

/// Lines of a source with rules and expressions that were not evaluated.
private struct CoverableLines {
    private let covered: Set<Int>
    private(set) var missing = Set<Int>()

    init(_ module: Module, covered: Set<Int>) {
        self.covered = covered
        for rule in module.rules { visit(rule) }
    }

    private mutating func visit(_ rule: Rule) {
        if !covered.contains(Int(rule.location.row)) {
            missing.insert(Int(rule.head.location.row))
        }
        let head = [rule.head.key, rule.head.value].compactMap { $0 } + rule.head.reference
        for term in head + (rule.head.arguments ?? []) { visit(term) }
        visit(rule.body)
        for alternative in rule.alternatives { visit(alternative) }
    }

    private mutating func visit(_ body: Body) {
        for expression in body {
            let row = Int(expression.location.row)
            if case .someDeclaration = expression.kind {} else if !covered.contains(row) {
                missing.insert(row)
            }
            expression.forEachChild(term: { visit($0) }, body: { visit($0) })
        }
    }

    private mutating func visit(_ term: Term) {
        term.forEachChild(term: { visit($0) }, body: { visit($0) })
    }
}
