public import Bytes
public import Rego

extension Coverage {
    /// Writes the report as `opa test --coverage` does.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("files")
        json.beginObject()
        for file in files {
            Array(file.name.utf8).withUnsafeBytes { json.key($0) }
            Self.write(file, to: &json)
        }
        json.endObject()
        json.key("covered_lines")
        json.integer(Int64(coveredLines))
        json.key("not_covered_lines")
        json.integer(Int64(notCoveredLines))
        json.key("coverage")
        json.number(percentage)
        json.endObject()
    }

    /// The report, indented.
    public var json: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return IndentedJSON.format(writer.bytes) + [ASCII.lineFeed]
    }

    /// What `opa test --threshold` says of too little of it.
    ///
    /// - Parameter listsLines: the lines that were not evaluated, too.
    public func complaint(threshold: Double, listsLines: Bool) -> String? {
        guard percentage < threshold else { return nil }
        var text =
            "Code coverage threshold not met: got \(Percentage.text(percentage)) "
            + "instead of \(Percentage.text(threshold))"
        guard listsLines, !files.isEmpty else { return text }
        text += "\nLines not covered:"
        for file in files {
            for range in file.notCovered {
                let end = range.count > 1 ? "-\(range.upperBound)" : ""
                text += "\n\t\(file.name):\(range.lowerBound)\(end)"
            }
        }
        return text
    }

    private static func write(_ file: File, to json: inout JSONWriter) {
        json.beginObject()
        if !file.covered.isEmpty {
            json.key("covered")
            write(file.covered, to: &json)
        }
        if !file.notCovered.isEmpty {
            json.key("not_covered")
            write(file.notCovered, to: &json)
        }
        if file.coveredLines > 0 {
            json.key("covered_lines")
            json.integer(Int64(file.coveredLines))
        }
        if file.notCoveredLines > 0 {
            json.key("not_covered_lines")
            json.integer(Int64(file.notCoveredLines))
        }
        if file.percentage > 0 {
            json.key("coverage")
            json.number(file.percentage)
        }
        json.endObject()
    }

    private static func write(_ ranges: [ClosedRange<Int>], to json: inout JSONWriter) {
        json.beginArray()
        for range in ranges {
            json.beginObject()
            json.key("start")
            write(row: range.lowerBound, to: &json)
            json.key("end")
            write(row: range.upperBound, to: &json)
            json.endObject()
        }
        json.endArray()
    }

    private static func write(row: Int, to json: inout JSONWriter) {
        json.beginObject()
        json.key("row")
        json.integer(Int64(row))
        json.endObject()
    }
}

extension JSONWriter {
    /// A number of ordinary size, as Go writes it.
    fileprivate mutating func number(_ value: Double) {
        var text = "\(value)"
        if text.hasSuffix(".0") { text.removeLast(2) }
        text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }
}

/// Percentages with two digits after the point.
enum Percentage {
    static func text(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded(.toNearestOrEven))
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
