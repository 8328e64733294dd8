extension Trace {
    /// The events as `opa eval --explain --format=pretty` prints them, a line each.
    ///
    /// - Parameters:
    ///   - showsVariables: the values of the variables in each event, in a column of their own.
    public func text(showsVariables: Bool = false) -> String {
        var depths: [Int: Int] = [:]
        var rows: [[String]] = []
        for event in events {
            let depth = depths[event.query] ?? (depths[event.parent] ?? 0) + 1
            depths[event.query] = depth
            var row = [Self.place(event), Self.line(event, depth)]
            if showsVariables { row.append(Self.variables(event)) }
            rows.append(row)
        }
        return Self.table(rows)
    }

    private static let columnGap = 5
    private static let valueWidth = 32

    private static func place(_ event: TraceEvent) -> String {
        "\(event.file.isEmpty ? "query" : event.file):\(event.location.row)"
    }

    private static func line(_ event: TraceEvent, _ depth: Int) -> String {
        let isOuter = event.operation == .enter || event.opensQuery
        let padding = String(repeating: "| ", count: isOuter ? depth - 1 : depth)
        let line = "\(padding)\(event.operation.rawValue) "
        if event.operation == .note { return line + TermPrinter.quote(event.message) }
        return line + event.text + (event.message.isEmpty ? "" : " \(event.message)")
    }

    private static func variables(_ event: TraceEvent) -> String {
        let parts = event.variables.filter(\.isMentioned).map { "\($0.original): \(cut($0.text))" }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= valueWidth ? text : text.prefix(valueWidth - 3) + "..."
    }

    /// Columns as wide as their widest cell, but for the last one.
    private static func table(_ rows: [[String]]) -> String {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.utf8.count)
            }
        }
        var text = ""
        for row in rows {
            for (column, cell) in row.enumerated() {
                text += cell
                let isLast = column == row.count - 1
                let gap = widths[column] + columnGap - cell.utf8.count
                text += isLast ? "\n" : String(repeating: " ", count: gap)
            }
        }
        return text
    }
}
