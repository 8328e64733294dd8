/// A table of text in a frame of `+`, `-` and `|`: the header, if there is one, centred, cells at
/// the left.
struct TextTable {
    let header: [String]
    var rows: [[String]] = []

    init(header: [String]) {
        self.header = header
    }

    /// The table with its last line end.
    var text: String {
        let all = header.isEmpty ? rows : [header] + rows
        let widths = (all.first ?? []).indices.map { column in
            all.map { $0[column].count }.max() ?? 0
        }
        let rule = "+" + widths.map { String(repeating: "-", count: $0 + 2) + "+" }.joined()
        let titles = zip(header, widths).map(Self.centred)
        let lines = rows.map { row in line(zip(row, widths).map(Self.padded)) }
        let head = header.isEmpty ? [rule] : [rule, line(titles), rule]
        return (head + lines + [rule]).map { $0 + "\n" }.joined()
    }

    private func line(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: width - text.count)
    }

    private static func centred(_ text: String, _ width: Int) -> String {
        let left = (width - text.count) / 2
        return padded(String(repeating: " ", count: left) + text, width)
    }
}
