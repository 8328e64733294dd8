/// Metrics as Prometheus' text exposition format 0.0.4.
struct MetricText {
    private var text: [UInt8] = []
    private let shards: [MetricShard]

    static func render(_ families: [MetricFamily], shards: [MetricShard]) -> [UInt8] {
        var renderer = MetricText(shards: shards)
        for family in families where !family.series.isEmpty { renderer.append(family) }
        return renderer.text
    }

    private init(shards: [MetricShard]) {
        self.shards = shards
        text.reserveCapacity(32_768)
    }

    private mutating func append(_ family: MetricFamily) {
        append("# HELP \(family.name) ")
        appendEscaped(family.help, quotes: false)
        append("\n# TYPE \(family.name) \(family.typeName)\n")
        for series in family.series { append(series, of: family) }
    }

    private mutating func append(_ series: MetricFamily.Series, of family: MetricFamily) {
        switch (family.kind, series.source) {
        case (.histogram(let bounds), .cell(let cell)):
            let histogram = Histogram(cell: cell, boundCount: bounds.bounds.count)
            append(histogram, bounds, labels: series.labels, name: family.name)
        case (_, .cell(let cell)):
            let value = sum(cell)
            let isCounter = family.kind == .counter
            let number = isCounter ? "\(value)" : "\(Int64(bitPattern: value))"
            appendSample(family.name, series.labels, value: number)
        case (_, .reading(let read)):
            appendSample(family.name, series.labels, value: "\(read())")
        }
    }

    private mutating func append(
        _ histogram: Histogram, _ bounds: HistogramBounds, labels: [MetricLabel], name: String
    ) {
        var count: UInt64 = 0
        for (index, bound) in bounds.bounds.enumerated() {
            count &+= sum(histogram.cell + index * 2 + 1)
            let edge = MetricLabel("le", decimal(bound, bounds))
            appendSample("\(name)_bucket", labels + [edge], value: "\(count)")
        }
        count &+= sum(histogram.overflowCell)
        appendSample("\(name)_bucket", labels + [MetricLabel("le", "+Inf")], value: "\(count)")
        appendSample("\(name)_sum", labels, value: decimal(sum(histogram.sumCell), bounds))
        appendSample("\(name)_count", labels, value: "\(count)")
    }

    private func sum(_ cell: Int) -> UInt64 {
        shards.reduce(0) { $0 &+ $1.value(cell) }
    }

    /// The value in the unit shown: exact, without trailing zeros.
    private func decimal(_ value: UInt64, _ bounds: HistogramBounds) -> String {
        let (whole, fraction) = value.quotientAndRemainder(dividingBy: bounds.divisor)
        guard fraction > 0, let places = bounds.decimalPlaces else { return "\(whole)" }
        let digits = "\(fraction)"
        var padded = String(repeating: "0", count: places - digits.utf8.count) + digits
        while padded.utf8.last == UInt8(ascii: "0") { padded.removeLast() }
        return "\(whole).\(padded)"
    }

    private mutating func appendSample(_ name: String, _ labels: [MetricLabel], value: String) {
        append(name)
        var separator = "{"
        for label in labels {
            append("\(separator)\(label.name)=\"")
            appendEscaped(label.value, quotes: true)
            append("\"")
            separator = ","
        }
        append(labels.isEmpty ? " \(value)\n" : "} \(value)\n")
    }

    private mutating func append(_ string: String) {
        text.append(contentsOf: string.utf8)
    }

    private mutating func appendEscaped(_ string: String, quotes: Bool) {
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x0A: append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: text.append(byte)
            }
        }
    }
}
