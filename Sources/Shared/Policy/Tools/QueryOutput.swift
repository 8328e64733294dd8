internal import Bytes
internal import Rego

/// Prints what a query gave, in the formats of `opa eval`.
public struct QueryOutput: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        case json, pretty, values, bindings, raw, discard
    }

    public let format: Format

    public init(_ format: Format) {
        self.format = format
    }

    /// The text of the rows, with its last line end.
    ///
    /// - Parameter report: shown by the formats that have a place for it: `json`, `discard` and
    ///   `pretty`.
    public func text(
        _ rows: [PolicyQuery.Row], _ query: PolicyQuery, _ report: QueryReport = .init()
    ) -> [UInt8] {
        switch format {
        case .json:
            document(report) {
                $0.errors(report.errors)
                $0.rows(rows, query.expressions)
            }
        case .discard:
            document(report) {
                $0.errors(report.errors)
                $0.discarded(rows)
            }
        case .values: rows.flatMap { row in indented { $0.array(row.values) } }
        case .bindings: rows.flatMap { row in indented { row.bindings.write(to: &$0) } }
        case .raw: rows.flatMap { Self.raw($0) }
        case .pretty:
            Array(report.prettyHead.utf8) + pretty(rows, query.expressions)
                + Array(report.prettyTail.utf8)
        }
    }

    /// The text of errors for standard output; nil when the format has them on standard error.
    public func text(_ errors: [ModuleError], _ report: QueryReport = .init()) -> [UInt8]? {
        guard format == .json || format == .discard else { return nil }
        return document(report) { $0.errors(errors) }
    }

    /// Errors that did not end the evaluation, for standard error; nil when the result has them or
    /// there are none.
    public func complaint(_ report: QueryReport) -> String? {
        guard !report.errors.isEmpty, format != .json, format != .discard else { return nil }
        return Self.sentence(report.errors)
    }

    /// What is shown of an evaluation that failed, besides its errors.
    public func text(_ report: QueryReport) -> String {
        format == .pretty ? report.prettyHead + report.prettyTail : ""
    }

    /// Errors as OPA says them to people.
    public static func sentence(_ errors: [ModuleError]) -> String {
        let lines = errors.map(\.description).joined(separator: "\n")
        return errors.count == 1
            ? "1 error occurred: \(lines)" : "\(errors.count) errors occurred:\n\(lines)"
    }

    private func pretty(
        _ rows: [PolicyQuery.Row], _ expressions: [PolicyQuery.Expression]
    ) -> [UInt8] {
        guard let first = rows.first else { return Array("undefined\n".utf8) }
        let areTruths = first.values.allSatisfy { $0.boolean != nil }
        if rows.count == 1, first.bindings.object.count == 0,
            first.values.count == 1 || areTruths, let value = first.values.first
        {
            return indented { value.write(to: &$0) }
        }
        return Array(Self.table(rows, expressions).text.utf8)
    }

    /// A column for each variable, and for each expression whose value says more than that it
    /// holds.
    private static func table(
        _ rows: [PolicyQuery.Row], _ expressions: [PolicyQuery.Expression]
    ) -> TextTable {
        let names =
            rows.first.map { row in
                (0..<row.bindings.object.count).map { row.bindings.object.key(at: $0).text ?? "" }
            } ?? []
        let shown = expressions.indices.filter { index in
            names.isEmpty || rows.first?.values[index].boolean == nil
        }
        var table = TextTable(header: names + shown.map { expressions[$0].text })
        for row in rows {
            let bound = names.indices.map { row.bindings.object.value(at: $0) }
            let values = bound + shown.map { row.values[$0] }
            table.rows.append(
                values.map { String(decoding: IndentedJSON.htmlSafe($0.json()), as: UTF8.self) })
        }
        return table
    }

    private static func raw(_ row: PolicyQuery.Row) -> [UInt8] {
        let parts = row.values.map { value in
            value.isString ? Array(value.stringBytes) : IndentedJSON.htmlSafe(value.json())
        }
        return Array(parts.joined(separator: [ASCII.space])) + [ASCII.lineFeed]
    }

    private func document(
        _ report: QueryReport, _ body: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        indented { writer in
            writer.beginObject()
            report.writeHead(to: &writer)
            body(&writer)
            report.writeTail(to: &writer)
            writer.endObject()
        }
    }

    private func indented(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        body(&writer)
        return IndentedJSON.format(writer.bytes) + [ASCII.lineFeed]
    }
}

extension JSONWriter {
    fileprivate mutating func array(_ values: [Value]) {
        beginArray()
        for value in values { value.write(to: &self) }
        endArray()
    }

    fileprivate mutating func rows(
        _ rows: [PolicyQuery.Row], _ expressions: [PolicyQuery.Expression]
    ) {
        guard !rows.isEmpty else { return }
        key("result")
        beginArray()
        for row in rows { self.row(row, expressions) }
        endArray()
    }

    private mutating func row(
        _ row: PolicyQuery.Row, _ expressions: [PolicyQuery.Expression]
    ) {
        beginObject()
        key("expressions")
        beginArray()
        for (value, expression) in zip(row.values, expressions) {
            beginObject()
            key("value")
            value.write(to: &self)
            key("text")
            string(expression.text)
            key("location")
            location(row: expression.row, column: expression.column)
            endObject()
        }
        endArray()
        if row.bindings.object.count > 0 {
            key("bindings")
            row.bindings.write(to: &self)
        }
        endObject()
    }

    private mutating func location(row: Int, column: Int) {
        beginObject()
        key("row")
        integer(Int64(row))
        key("col")
        integer(Int64(column))
        endObject()
    }

    fileprivate mutating func discarded(_ rows: [PolicyQuery.Row]) {
        guard !rows.isEmpty else { return }
        key("result")
        string("discarded" as String)
    }

    fileprivate mutating func errors(_ errors: [ModuleError]) {
        guard !errors.isEmpty else { return }
        key("errors")
        beginArray()
        for error in errors { self.error(error) }
        endArray()
    }

    private mutating func error(_ error: ModuleError) {
        beginObject()
        key("message")
        string(error.message)
        if !error.code.isEmpty {
            key("code")
            string(error.code)
        }
        if error.row > 0 {
            key("location")
            location(file: error.file, row: error.row, column: error.column)
        }
        endObject()
    }
}
