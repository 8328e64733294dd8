internal import Synchronization

/// The metrics of the process: names and labels once, values in one shard per writer.
///
/// Series may be registered at any time, also while workers count: a configuration that is loaded
/// again finds its old series. Registering takes a lock, counting never does.
public final class MetricRegistry: Sendable {
    struct State {
        var families: [MetricFamily] = []
        var positions: [String: Int] = [:]
        var cellsUsed = 0
    }

    /// One for each writer: worker `n` owns shard `n`, and the last is the control thread's.
    public let shards: [MetricShard]

    private let cellsMax: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - workers: how many worker threads count.
    ///   - cellsMax: numbers per shard, 8 bytes each; a histogram takes two per bucket.
    public init(workers: Int, cellsMax: Int = 16_384) {
        self.cellsMax = cellsMax
        shards = (0...max(workers, 1)).map { _ in MetricShard(cells: cellsMax) }
    }

    /// The control thread's shard.
    public var controlShard: MetricShard { shards[shards.count - 1] }

    public func counter(
        _ name: String, help: String, labels: [MetricLabel] = []
    ) throws(MetricFault) -> Counter {
        Counter(cell: try cell(name, help: help, kind: .counter, labels: labels))
    }

    public func gauge(
        _ name: String, help: String, labels: [MetricLabel] = []
    ) throws(MetricFault) -> Gauge {
        Gauge(cell: try cell(name, help: help, kind: .gauge, labels: labels))
    }

    public func histogram(
        _ name: String, help: String, bounds: HistogramBounds, labels: [MetricLabel] = []
    ) throws(MetricFault) -> Histogram {
        guard bounds.isValid else { throw .badBounds(name) }
        let cell = try cell(name, help: help, kind: .histogram(bounds), labels: labels)
        return Histogram(cell: cell, boundCount: bounds.bounds.count)
    }

    /// A gauge that is read when it is scraped.
    public func observe(
        _ name: String, help: String, labels: [MetricLabel] = [],
        read: @escaping @Sendable () -> Int64
    ) throws(MetricFault) {
        try observe(name, help: help, kind: .observedGauge, labels: labels, read: read)
    }

    /// A counter that is read when it is scraped.
    public func observeCounter(
        _ name: String, help: String, labels: [MetricLabel] = [],
        read: @escaping @Sendable () -> Int64
    ) throws(MetricFault) {
        try observe(name, help: help, kind: .observedCounter, labels: labels, read: read)
    }

    /// The text that Prometheus reads (exposition format 0.0.4).
    public func render() -> [UInt8] {
        let families = state.withLock { $0.families }
        return MetricText.render(families, shards: shards)
    }

    /// The lines of Envoy's `/stats`: a dotted name, a colon, a value, sorted by name.
    public func renderStats() -> [UInt8] {
        let families = state.withLock { $0.families }
        return MetricStats.render(families, shards: shards)
    }
}

// MARK: - Registration

extension MetricRegistry {
    private func observe(
        _ name: String, help: String, kind: MetricFamily.Kind, labels: [MetricLabel],
        read: @escaping @Sendable () -> Int64
    ) throws(MetricFault) {
        try state.withLock { state throws(MetricFault) in
            let family = try state.family(name, help: help, kind: kind, labels: labels)
            state.put(.reading(read), labels: labels, in: family)
        }
    }

    private func cell(
        _ name: String, help: String, kind: MetricFamily.Kind, labels: [MetricLabel]
    ) throws(MetricFault) -> Int {
        try state.withLock { state throws(MetricFault) in
            let family = try state.family(name, help: help, kind: kind, labels: labels)
            return try claim(kind, labels: labels, in: family, &state)
        }
    }

    private func claim(
        _ kind: MetricFamily.Kind, labels: [MetricLabel], in family: Int, _ state: inout State
    ) throws(MetricFault) -> Int {
        if let known = state.cell(labels: labels, in: family) { return known }
        let cell = state.cellsUsed
        let count = cellCount(kind)
        guard count <= cellsMax - cell else { throw .full(state.families[family].name) }
        if case .histogram(let bounds) = kind {
            for shard in shards {
                for (index, bound) in bounds.bounds.enumerated() {
                    shard.set(cell + index * 2, to: bound)
                }
            }
        }
        state.cellsUsed += count
        state.put(.cell(cell), labels: labels, in: family)
        return cell
    }

    private func cellCount(_ kind: MetricFamily.Kind) -> Int {
        switch kind {
        case .counter, .gauge, .observedCounter, .observedGauge: 1
        case .histogram(let bounds): Histogram.cellCount(boundCount: bounds.bounds.count)
        }
    }
}

extension MetricRegistry.State {
    /// Finds or makes a family; label names must be the same in all its series.
    fileprivate mutating func family(
        _ name: String, help: String, kind: MetricFamily.Kind, labels: [MetricLabel]
    ) throws(MetricFault) -> Int {
        guard MetricFamily.isName(name) else { throw .badName(name) }
        for label in labels where !MetricFamily.isLabelName(label.name) {
            throw .badLabel(label.name)
        }
        guard Set(labels.map(\.name)).count == labels.count else { throw .badLabel(name) }
        if let position = positions[name] {
            let family = families[position]
            let names = family.series.first?.labels.map(\.name)
            guard family.kind == kind, names == nil || names == labels.map(\.name) else {
                throw .mismatch(name)
            }
            return position
        }
        families.append(MetricFamily(name: name, help: help, kind: kind))
        positions[name] = families.count - 1
        return families.count - 1
    }

    fileprivate func cell(labels: [MetricLabel], in family: Int) -> Int? {
        guard let series = families[family].series.first(where: { $0.labels == labels }),
            case .cell(let cell) = series.source
        else { return nil }
        return cell
    }

    fileprivate mutating func put(
        _ source: MetricFamily.Source, labels: [MetricLabel], in family: Int
    ) {
        let known = families[family].series.firstIndex { $0.labels == labels }
        if let known {
            families[family].series[known].source = source
        } else {
            families[family].series.append(.init(labels: labels, source: source))
        }
    }
}
