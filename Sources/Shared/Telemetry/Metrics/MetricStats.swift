/// Metrics as Envoy's admin page `/stats` lists them.
struct MetricStats {
    private static let quantiles = [0, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 100]

    private let shards: [MetricShard]

    static func render(_ families: [MetricFamily], shards: [MetricShard]) -> [UInt8] {
        let stats = MetricStats(shards: shards)
        var lines: [String] = []
        for family in families {
            for series in family.series {
                lines.append("\(name(family, series)): \(stats.value(series, of: family))\n")
            }
        }
        return lines.sorted().flatMap { Array($0.utf8) }
    }

    private func value(_ series: MetricFamily.Series, of family: MetricFamily) -> String {
        switch (family.kind, series.source) {
        case (.histogram(let bounds), .cell(let cell)): summary(bounds, cell: cell)
        case (.counter, .cell(let cell)): "\(sum(cell))"
        case (_, .cell(let cell)): "\(Int64(bitPattern: sum(cell)))"
        case (_, .reading(let read)): "\(read())"
        }
    }

    private func sum(_ cell: Int) -> UInt64 {
        shards.reduce(0) { $0 &+ $1.value(cell) }
    }

    /// `P50(nan,3.2)`: the quantile since the start; the last interval's, which Envoy shows first,
    /// is not kept.
    private func summary(_ bounds: HistogramBounds, cell: Int) -> String {
        let histogram = Histogram(cell: cell, boundCount: bounds.bounds.count)
        var counts = bounds.bounds.indices.map { sum(cell + $0 * 2 + 1) }
        counts.append(sum(histogram.overflowCell))
        let total = counts.reduce(0, &+)
        guard total > 0 else { return "No recorded values" }
        return MetricStats.quantiles.map { quantile in
            let rank = quantile / 100 * Double(total)
            let value = MetricStats.value(rank: rank, counts, bounds)
            return "P\(MetricStats.short(quantile))(nan,\(MetricStats.short(value)))"
        }.joined(separator: " ")
    }

    /// The value below which `rank` observations lie, taking them as evenly spread in each bucket;
    /// above the last bound, that bound.
    private static func value(
        rank: Double, _ counts: [UInt64], _ bounds: HistogramBounds
    ) -> Double {
        var below = 0.0
        var lower = 0.0
        for (bound, count) in zip(bounds.bounds, counts) {
            let upper = Double(bound) / Double(bounds.divisor)
            if count > 0, below + Double(count) >= rank {
                return lower + (upper - lower) * (rank - below) / Double(count)
            }
            below += Double(count)
            lower = upper
        }
        return lower
    }

    // Three decimals at most.
    private static func short(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
    }

    /// `envoy_http_downstream_rq_xx{envoy_response_code_class="2",…_prefix="p"}` is
    /// `http.p.downstream_rq_2xx`; labels that Envoy does not have follow the name.
    private static func name(_ family: MetricFamily, _ series: MetricFamily.Series) -> String {
        let text = family.name.hasPrefix("envoy_") ? family.name.dropFirst(6) : family.name[...]
        let parts = text.split(separator: "_", maxSplits: 1)
        guard parts.count == 2 else { return family.name }
        var scope = String(parts[0])
        var name = String(parts[1])
        for label in series.labels {
            switch label.name {
            case "envoy_http_conn_manager_prefix", "envoy_cluster_name":
                scope += ".\(label.value)"
            case "envoy_response_code_class" where name.hasSuffix("xx"):
                name = "\(name.dropLast(2))\(label.value)xx"
            default: name += ".\(label.value)"
            }
        }
        return "\(scope).\(name)"
    }
}
