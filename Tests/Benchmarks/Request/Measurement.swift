internal import CAllocationCount
internal import Glibc

/// Runs an operation often and prints what one costs and how often it allocates: the fastest of
/// many short rounds, since the machine may have other work.
///
/// - Returns: whether it allocated nothing.
func measure(_ name: String, _ operation: (Int) -> Void) -> Bool {
    let operations = 5000
    var fastest = Double.infinity
    var allocations = 0
    for _ in 0..<200 {
        let allocated = allocation_count()
        let start = nanoseconds()
        for index in 0..<operations { operation(index) }
        let elapsed = Double(nanoseconds() - start) / Double(operations)
        fastest = min(fastest, elapsed)
        allocations = allocation_count() - allocated
    }
    let padded = name + String(repeating: " ", count: max(1, 44 - name.utf8.count))
    let cost = (fastest * 10).rounded() / 10
    print("\(padded)\(cost) ns  \(Double(allocations) / Double(operations)) allocations")
    return allocations == 0
}

func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
