internal import Bytes

/// How long a query takes, one evaluation after the other on one thread.
public struct PolicyBenchmark: Sendable {
    /// Of all evaluations, in nanoseconds.
    public struct Spread: Sendable, Equatable {
        public let mean: Int64
        public let median: Int64
        public let percentile99: Int64

        init(_ samples: [Int64]) {
            let sorted = samples.sorted()
            let count = max(sorted.count, 1)
            mean = sorted.reduce(0, +) / Int64(count)
            median = sorted.isEmpty ? 0 : sorted[count / 2]
            percentile99 = sorted.isEmpty ? 0 : sorted[min(count - 1, count * 99 / 100)]
        }
    }

    public let count: Int
    /// Making the input document from its JSON text.
    public let input: Spread
    /// The evaluation alone.
    public let evaluation: Spread
    /// What one evaluation needs of its worker's memory, its input included.
    public let bytes: Int

    /// Evaluates for `duration` after a tenth of it to warm up, at most ten million times.
    public init(
        _ query: PolicyQuery, input text: [UInt8]?, duration: Duration, nowNanoseconds: Int64
    ) throws(PolicyQueryError) {
        let clock = ContinuousClock()
        let warm = clock.now + duration / 10
        while clock.now < warm { _ = try query.time(input: text, nowNanoseconds: nowNanoseconds) }
        var inputs: [Int64] = []
        var evaluations: [Int64] = []
        let end = clock.now + duration
        while clock.now < end, inputs.count < 10_000_000 {
            let timing = try query.time(input: text, nowNanoseconds: nowNanoseconds)
            inputs.append(timing.input)
            evaluations.append(timing.evaluation)
        }
        count = inputs.count
        bytes = query.bytesUsed
        input = Spread(inputs)
        evaluation = Spread(evaluations)
    }

    /// For people.
    public func pretty(showsMemory: Bool) -> String {
        var table = TextTable(header: ["", "mean", "median", "99%"])
        for (name, spread) in [("input", input), ("evaluation", evaluation)] {
            let numbers = [spread.mean, spread.median, spread.percentile99]
            table.rows.append([name] + numbers.map { GoDuration.text(nanoseconds: $0) })
        }
        let memory = showsMemory ? ", \(bytes) bytes each" : ""
        return table.text + "\(count) evaluations\(memory)\n"
    }

    /// A line of Go's benchmark data format, named as opa names it.
    public func goData(showsMemory: Bool) -> String {
        let (whole, overflow) = evaluation.mean.multipliedReportingOverflow(by: Int64(count))
        let result = TestBenchmark(
            evaluations: count, nanoseconds: overflow ? .max : whole, bytes: bytes)
        return "BenchmarkOPAEval\t\(result.text(showsMemory: showsMemory))\n"
    }

    /// One object, all times in nanoseconds.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("count")
        writer.integer(Int64(count))
        writer.key("bytes")
        writer.integer(Int64(bytes))
        writer.key("input_ns")
        Self.write(input, to: &writer)
        writer.key("evaluation_ns")
        Self.write(evaluation, to: &writer)
        writer.endObject()
        return IndentedJSON.format(writer.bytes) + [ASCII.lineFeed]
    }

    private static func write(_ spread: Spread, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("mean")
        writer.integer(spread.mean)
        writer.key("median")
        writer.integer(spread.median)
        writer.key("p99")
        writer.integer(spread.percentile99)
        writer.endObject()
    }
}
