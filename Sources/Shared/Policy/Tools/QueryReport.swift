internal import Bytes
public import Rego

/// What is told of an evaluation beside its result.
public struct QueryReport: Sendable {
    public var trace: Trace?
    /// Variables are shown in traces for people.
    public var showsVariables = false
    public var timings: QueryTimings?
    public var profile: Profile?
    public var coverage: Coverage?
    /// Errors of builtins that only made something undefined.
    public var errors: [ModuleError] = []
    /// Why the decision does not allow.
    public var failures: [FailedExpression]?

    public init() {}

    /// Before the result, for people.
    var prettyHead: String {
        guard let trace else { return "" }
        return trace.text(showsVariables: showsVariables)
            + (trace.isCut ? "… (too many events; the rest is left out)\n" : "")
    }

    /// After the result, for people.
    var prettyTail: String {
        var text = failures.map(Self.text) ?? ""
        if let timings {
            var table = TextTable(header: ["Metric", "Value"])
            table.rows = timings.metrics.map { [$0.name, "\($0.nanoseconds)"] }
            text += table.text
        }
        if let profile, !profile.lines.isEmpty { text += Self.table(profile).text }
        if let coverage {
            var table = TextTable(header: [])
            table.rows = [["Overall Coverage", Percentage.text(coverage.percentage)]]
            text += table.text
        }
        return text
    }

    /// A line for each expression, and one below it for each rule that made it fail.
    private static func text(_ failures: [FailedExpression]) -> String {
        failures.map { failure in
            let place = place(failure.file, failure.location)
            let causes = failure.causes.map { "  \(Self.place($0.file, $0.location)): \($0.text)\n" }
            return "\(place): \(failure.text) (\(failure.rule))\n" + causes.joined()
        }.joined()
    }

    private static func place(_ file: String, _ location: SourceLocation) -> String {
        "\(file):\(location.row):\(location.column)"
    }

    private static func table(_ profile: Profile) -> TextTable {
        var table = TextTable(
            header: ["Time", "Num Eval", "Num Redo", "Num Gen Expr", "Location"])
        table.rows = profile.lines.map { line in
            let place = line.file.isEmpty
                ? "\(line.row):\(line.column)" : "\(line.file):\(line.row)"
            return [
                GoDuration.text(nanoseconds: line.nanoseconds), "\(line.evaluations)",
                "\(line.redos)", "\(line.expressions)", place,
            ]
        }
        return table
    }

    // MARK: JSON

    /// The members that stand before the result.
    func writeHead(to json: inout JSONWriter) {
        if let timings {
            json.key("metrics")
            json.beginObject()
            for metric in timings.metrics {
                Array(metric.name.utf8).withUnsafeBytes { json.key($0) }
                json.integer(metric.nanoseconds)
            }
            json.endObject()
        }
        if let coverage {
            json.key("coverage")
            coverage.write(to: &json)
        }
    }

    /// The members that stand after the result.
    func writeTail(to json: inout JSONWriter) {
        if let trace, !trace.events.isEmpty {
            json.key("explanation")
            trace.write(to: &json)
        }
        if let profile, !profile.lines.isEmpty {
            json.key("profile")
            json.beginArray()
            for line in profile.lines { Self.write(line, to: &json) }
            json.endArray()
        }
        guard let failures else { return }
        json.key("failures")
        json.beginArray()
        for failure in failures { Self.write(failure, to: &json) }
        json.endArray()
    }

    private static func write(_ line: Profile.Line, to json: inout JSONWriter) {
        json.beginObject()
        json.key("location")
        json.location(file: line.file, row: line.row, column: line.column)
        json.key("total_time_ns")
        json.integer(line.nanoseconds)
        json.key("num_eval")
        json.integer(Int64(line.evaluations))
        json.key("num_redo")
        json.integer(Int64(line.redos))
        json.key("num_gen_expr")
        json.integer(Int64(line.expressions))
        json.endObject()
    }

    private static func write(_ failure: FailedExpression, to json: inout JSONWriter) {
        json.beginObject()
        json.key("rule")
        json.string(failure.rule)
        json.key("location")
        json.location(of: failure.location, in: failure.file)
        json.key("text")
        json.string(failure.text)
        json.key("passed")
        json.integer(Int64(failure.passed))
        json.key("causes")
        json.beginArray()
        for cause in failure.causes {
            json.beginObject()
            json.key("rule")
            json.string(cause.rule)
            json.key("location")
            json.location(of: cause.location, in: cause.file)
            json.key("text")
            json.string(cause.text)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}

extension JSONWriter {
    /// A place as OPA writes it.
    mutating func location(file: String, row: Int, column: Int) {
        beginObject()
        key("file")
        string(file)
        key("row")
        integer(Int64(row))
        key("col")
        integer(Int64(column))
        endObject()
    }

    fileprivate mutating func location(of place: SourceLocation, in file: String) {
        location(file: file, row: Int(place.row), column: Int(place.column))
    }
}
