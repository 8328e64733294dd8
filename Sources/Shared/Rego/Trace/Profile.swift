/// How often the expressions of each line were evaluated and how long it took, as
/// `opa eval --profile` tells it.
public struct Profile: Sendable {
    /// Of one line.
    public struct Line: Sendable {
        public let file: String
        public let row: Int
        public let column: Int
        public internal(set) var nanoseconds: Int64 = 0
        public internal(set) var evaluations = 0
        public internal(set) var redos = 0
        /// How many expressions the compiler made of those on the line.
        public internal(set) var expressions = 0
    }

    /// By what lines are sorted: the greatest first.
    public enum Criterion: String, Sendable, CaseIterable {
        case time = "total_time_ns"
        case evaluations = "num_eval"
        case redos = "num_redo"
        case expressions = "num_gen_expr"
        case file
        case line
    }

    public let lines: [Line]

    /// What `tracer` measured in all evaluations of the program.
    ///
    /// - Parameters:
    ///   - criteria: the first that tells two lines apart decides; the usual ones come after them.
    ///   - countMax: the most lines; nil for all.
    public init(
        _ tracer: Tracer, of program: Program, by criteria: [Criterion] = [], countMax: Int? = nil
    ) {
        tracer.endMeasuring()
        var lines: [String: Line] = [:]
        var indices: [String: Set<Int>] = [:]
        for (reading, node) in zip(tracer.meter.readings, program.tracePlan?.nodes ?? [])
        where node.isExpression && reading.evaluations + reading.redos > 0 {
            let file = node.isQuery ? "" : program.fileName(node.location)
            let key = "\(file):\(node.location.row)"
            var line =
                lines[key]
                ?? Line(
                    file: file, row: Int(node.location.row), column: Int(node.location.column))
            line.nanoseconds += reading.nanoseconds
            line.evaluations += reading.evaluations
            line.redos += reading.redos
            indices[key, default: []].insert(node.index)
            line.expressions = indices[key]?.count ?? 0
            lines[key] = line
        }
        let usual: [Criterion] = [.time, .evaluations, .redos, .file, .line]
        let order = criteria + usual.filter { !criteria.contains($0) }
        let sorted = lines.values.sorted { Self.precedes($0, $1, order) }
        self.lines = countMax.map { Array(sorted.prefix($0)) } ?? sorted
    }

    private static func precedes(_ left: Line, _ right: Line, _ criteria: [Criterion]) -> Bool {
        for criterion in criteria {
            let isGreater: Bool
            switch criterion {
            case .time where left.nanoseconds != right.nanoseconds:
                isGreater = left.nanoseconds > right.nanoseconds
            case .evaluations where left.evaluations != right.evaluations:
                isGreater = left.evaluations > right.evaluations
            case .redos where left.redos != right.redos: isGreater = left.redos > right.redos
            case .expressions where left.expressions != right.expressions:
                isGreater = left.expressions > right.expressions
            case .file where left.file != right.file: isGreater = left.file > right.file
            case .line where left.row != right.row: isGreater = left.row > right.row
            case .time, .evaluations, .redos, .expressions, .file, .line: continue
            }
            return isGreater
        }
        return false
    }
}
