/// All series of one name.
struct MetricFamily {
    enum Kind: Equatable {
        case counter
        case gauge
        case histogram(HistogramBounds)
        case observedCounter
        case observedGauge
    }

    /// Where a series gets its value.
    enum Source {
        case cell(Int)
        case reading(@Sendable () -> Int64)
    }

    struct Series {
        let labels: [MetricLabel]
        var source: Source
    }

    let name: String
    let help: String
    let kind: Kind
    var series: [Series] = []

    /// What a `# TYPE` line calls it.
    var typeName: StaticString {
        switch kind {
        case .counter, .observedCounter: "counter"
        case .gauge, .observedGauge: "gauge"
        case .histogram: "histogram"
        }
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
    static func isName(_ name: String) -> Bool {
        isIdentifier(name) { $0 == UInt8(ascii: ":") }
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`, not `le` and not starting with two underscores.
    static func isLabelName(_ name: String) -> Bool {
        isIdentifier(name) { _ in false } && name != "le" && !name.hasPrefix("__")
    }

    private static func isIdentifier(_ text: String, orIs mark: (UInt8) -> Bool) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") || mark(byte)
        }
    }
}
