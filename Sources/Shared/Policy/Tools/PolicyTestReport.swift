internal import Bytes

/// Says how tests went, as `opa test` does.
public struct PolicyTestReport: Sendable {
    private let results: [PolicyTestResult]

    public init(_ results: [PolicyTestResult]) {
        self.results = results
    }

    /// A test failed, or could not be evaluated.
    public var hasFailures: Bool {
        results.contains { result in
            switch result.outcome {
            case .failed, .error: true
            case .passed, .skipped: false
            }
        }
    }

    public var hasSkipped: Bool { results.contains { $0.outcome == .skipped } }

    /// For people: what did not pass (everything when `isVerbose`), then the counts.
    public func pretty(isVerbose: Bool) -> String {
        var text = ""
        var file: String?
        for result in results where isVerbose || result.outcome != .passed {
            if file != result.test.file {
                text += (file == nil ? "" : "\n") + "\(result.test.file):\n"
                file = result.test.file
            }
            text += line(result)
        }
        text += failures
        if !text.isEmpty { text += Self.rule }
        return text + counts
    }

    /// For people, and for tools that read Go's benchmark data format: a line for each benchmark,
    /// what did not pass, then the counts.
    public func benchmarks(asGoData: Bool, showsMemory: Bool) -> String {
        let lines = results.map { result in
            guard let benchmark = result.benchmark else { return line(result) }
            let name = asGoData ? result.test.goName : "\(result.test.package).\(result.test.name)"
            return "\(name)\t\(benchmark.text(showsMemory: showsMemory))\n"
        }
        return lines.joined() + (lines.isEmpty ? "" : Self.rule) + counts
    }

    private static let rule = String(repeating: "-", count: 80) + "\n"

    /// What happened in failed tests, of those that were traced.
    private var failures: String {
        let explained = results.filter { $0.explanation != nil }
        guard !explained.isEmpty else { return "" }
        var text = Self.rule + "FAILURES\n" + Self.rule
        for result in explained {
            text += headline(result)
            for part in [result.explanation?.trace, result.explanation?.line] {
                guard let part, !part.isEmpty else { continue }
                text += "\n" + Self.indented(part)
            }
            text += "\n"
        }
        return text
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined()
    }

    /// An array with one object for each test.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for result in results { write(result, to: &writer) }
        writer.endArray()
        return IndentedJSON.format(writer.bytes) + [ASCII.lineFeed]
    }

    private func line(_ result: PolicyTestResult) -> String {
        var text = headline(result)
        if !result.output.isEmpty {
            text += "\n" + result.output.map { "  \($0)\n" }.joined() + "\n"
        }
        return text
    }

    private func headline(_ result: PolicyTestResult) -> String {
        let time = GoDuration.text(nanoseconds: result.nanoseconds)
        let name = "\(result.test.package).\(result.test.name)"
        switch result.outcome {
        case .passed: return "\(name): PASS (\(time))\n"
        case .failed: return "\(name): FAIL (\(time))\n"
        case .skipped: return "\(name): SKIPPED\n"
        case .error(let reason): return "\(name): ERROR (\(time))\n  \(reason)\n"
        }
    }

    private var counts: String {
        func count(_ isCounted: (PolicyTestResult.Outcome) -> Bool) -> Int {
            results.count { isCounted($0.outcome) }
        }
        let parts = [
            ("PASS", count { $0 == .passed }), ("FAIL", count { $0 == .failed }),
            ("SKIPPED", count { $0 == .skipped }),
            ("ERROR", count { if case .error = $0 { true } else { false } }),
        ]
        return parts.filter { $0.1 > 0 }.map { "\($0.0): \($0.1)/\(results.count)\n" }.joined()
    }

    private func write(_ result: PolicyTestResult, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("location")
        writer.location(
            file: result.test.file, row: result.test.row, column: result.test.column)
        writer.key("package")
        writer.string(result.test.package)
        writer.key("name")
        writer.string(result.test.name)
        switch result.outcome {
        case .passed: break
        case .failed:
            writer.key("fail")
            writer.boolean(true)
        case .skipped:
            writer.key("skip")
            writer.boolean(true)
        case .error(let reason):
            writer.key("error")
            writer.string(reason)
        }
        writer.key("duration")
        writer.integer(result.nanoseconds)
        if let benchmark = result.benchmark {
            writer.key("benchmark_result")
            benchmark.write(to: &writer)
        }
        writer.endObject()
    }
}
