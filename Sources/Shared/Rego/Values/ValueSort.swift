internal import Glibc

/// Stable sorting in OPA's order, without the heap: insertion for few, merge for many.
enum ValueSort {
    private static let insertionMax = 16

    static func sort(_ values: UnsafeMutablePointer<Value>, count: Int, arena: Arena) {
        guard count > insertionMax else { return insert(values, count: count, stride: 1) }
        if isSorted(values, count: count, stride: 1) { return }
        merge(values, count: count, stride: 1, room: arena.allocateValues(count))
    }

    /// Pairs of key and value, by key.
    static func sortPairs(_ pairs: UnsafeMutablePointer<Value>, count: Int, arena: Arena) {
        guard count > insertionMax else { return insert(pairs, count: count, stride: 2) }
        if isSorted(pairs, count: count, stride: 2) { return }
        merge(pairs, count: count, stride: 2, room: arena.allocateValues(count * 2))
    }

    private static func isSorted(
        _ items: UnsafeMutablePointer<Value>, count: Int, stride: Int
    ) -> Bool {
        for index in 1..<count
        where Value.order(items[(index - 1) * stride], items[index * stride]) > 0 {
            return false
        }
        return true
    }

    private static func insert(
        _ items: UnsafeMutablePointer<Value>, count: Int, stride: Int
    ) {
        guard count > 1 else { return }
        for index in 1..<count {
            let key = items[index * stride]
            let value = items[index * stride + stride - 1]
            var at = index
            while at > 0, Value.order(items[(at - 1) * stride], key) > 0 {
                items[at * stride] = items[(at - 1) * stride]
                items[at * stride + stride - 1] = items[(at - 1) * stride + stride - 1]
                at -= 1
            }
            items[at * stride] = key
            items[at * stride + stride - 1] = value
        }
    }

    /// Bottom-up: runs of `insertionMax`, then merged pairwise between the two buffers.
    private static func merge(
        _ items: UnsafeMutablePointer<Value>, count: Int, stride: Int,
        room: UnsafeMutablePointer<Value>
    ) {
        var start = 0
        while start < count {
            let length = min(insertionMax, count - start)
            insert(items + start * stride, count: length, stride: stride)
            start += length
        }
        var (from, to) = (items, room)
        var width = insertionMax
        while width < count {
            var low = 0
            while low < count {
                let middle = min(low + width, count)
                let high = min(low + 2 * width, count)
                mergeRuns(from, to, (low, middle, high), stride)
                low = high
            }
            swap(&from, &to)
            width *= 2
        }
        if from != items { memcpy(items, from, count * stride * 8) }
    }

    private static func mergeRuns(
        _ from: UnsafeMutablePointer<Value>, _ to: UnsafeMutablePointer<Value>,
        _ bounds: (low: Int, middle: Int, high: Int), _ stride: Int
    ) {
        var (left, right) = (bounds.low, bounds.middle)
        for at in bounds.low..<bounds.high {
            let takeLeft =
                left < bounds.middle
                && (right >= bounds.high
                    || Value.order(from[left * stride], from[right * stride]) <= 0)
            let source = takeLeft ? left : right
            to[at * stride] = from[source * stride]
            to[at * stride + stride - 1] = from[source * stride + stride - 1]
            if takeLeft { left += 1 } else { right += 1 }
        }
    }
}
