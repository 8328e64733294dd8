internal import Synchronization

/// One writer's part of all metrics. Only the thread that owns the shard changes it, so a change is
/// a plain load and store; a scrape reads all shards at any time.
public final class MetricShard: @unchecked Sendable {
    // Sendable: the cells are atomics, and each has one writer.

    private let cells: UnsafeMutablePointer<Atomic<UInt64>>
    private let count: Int

    // Padding at both ends keeps other shards off this one's cache lines.
    private static let paddingCells = 8

    init(cells count: Int) {
        self.count = count
        let all = UnsafeMutablePointer<Atomic<UInt64>>.allocate(
            capacity: count + MetricShard.paddingCells * 2)
        for index in 0..<(count + MetricShard.paddingCells * 2) {
            (all + index).initialize(to: Atomic(0))
        }
        cells = all + MetricShard.paddingCells
    }

    deinit {
        (cells - MetricShard.paddingCells).deallocate()
    }

    public func add(_ counter: Counter, _ amount: UInt64 = 1) {
        add(amount, to: counter.cell)
    }

    public func increment(_ gauge: Gauge) { add(1, to: gauge.cell) }

    public func decrement(_ gauge: Gauge) { add(UInt64.max, to: gauge.cell) }

    /// Sets this shard's part of a gauge.
    public func set(_ gauge: Gauge, to value: Int64) {
        set(gauge.cell, to: UInt64(bitPattern: value))
    }

    /// Counts a value into the first bucket whose bound is not below it.
    public func observe(_ histogram: Histogram, _ value: UInt64) {
        guard histogram.sumCell < count else { return }
        var bound = histogram.cell
        while bound < histogram.overflowCell, value > cells[bound].load(ordering: .relaxed) {
            bound &+= 2
        }
        let bucket = bound < histogram.overflowCell ? bound &+ 1 : bound
        add(1, to: bucket)
        add(value, to: histogram.sumCell)
    }

    func value(_ cell: Int) -> UInt64 {
        cell < count ? cells[cell].load(ordering: .relaxed) : 0
    }

    func set(_ cell: Int, to value: UInt64) {
        guard cell < count else { return }
        cells[cell].store(value, ordering: .relaxed)
    }

    private func add(_ amount: UInt64, to cell: Int) {
        guard cell < count else { return }
        cells[cell].store(cells[cell].load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}
