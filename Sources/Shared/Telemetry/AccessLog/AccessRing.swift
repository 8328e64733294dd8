internal import Bytes
internal import Synchronization

/// The access records of one worker on their way to the writer thread: a ring of bytes with one
/// producer (the worker) and one consumer (the writer).
///
/// The worker never waits: when the ring has no room for the longest line, the record is dropped
/// and counted. Memory is the ring plus one line, so that every line lies in one piece: one that
/// starts before the ring's end may run past it, and the next starts at the ring's beginning.
public final class AccessRing: @unchecked Sendable {
    // Sendable: `begin` and `commit` are the worker's alone, `drain` is the writer's; what both
    // touch is atomic, and the bytes between head and tail belong to the writer, the others to the
    // worker.

    /// The longest line, line feed included.
    static let lineBytesMax = 8192

    private let capacity: Int
    private let memory: UnsafeMutablePointer<UInt8>
    private let queryRule: QueryRule
    private let wakeup: WriterWakeup

    // Positions only grow; modulo the capacity they are places in memory.
    private let head = Atomic<Int>(0)
    private let tail = Atomic<Int>(0)
    private let wrapPlace = Atomic<Int>(0)
    private let dropped = Atomic<UInt64>(0)

    /// What only the worker touches; behind a pointer because the runtime would check exclusive
    /// access to a class's variables on every use.
    private struct Producer: ~Copyable {
        var position = 0
        var headSeen = 0
        var timestamps = TimestampCache()
    }

    private let producer: UnsafeMutablePointer<Producer>

    init(capacity: Int, queryRule: QueryRule, wakeup: WriterWakeup) {
        var rounded = AccessRing.lineBytesMax * 2
        while rounded < capacity { rounded *= 2 }
        self.capacity = rounded
        self.queryRule = queryRule
        self.wakeup = wakeup
        memory = .allocate(capacity: rounded + AccessRing.lineBytesMax)
        producer = .allocate(capacity: 1)
        producer.initialize(to: Producer())
    }

    deinit {
        producer.deinitialize(count: 1)
        producer.deallocate()
        memory.deallocate()
    }

    /// How many records found no room.
    public var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

    /// Starts a record; nil when there is no room for it.
    ///
    /// - Parameter wallNanoseconds: since 1970, the record's timestamp.
    public func begin(wallNanoseconds: Int64) -> AccessLine? {
        guard hasRoom() else {
            countDropped()
            return nil
        }
        let place = producer.pointee.position & (capacity &- 1)
        var line = AccessLine(
            base: memory + place, bytesMax: AccessRing.lineBytesMax, queryRule: queryRule)
        line.open(&producer.pointee.timestamps, wallNanoseconds: wallNanoseconds)
        return line
    }

    /// Hands the record to the writer: the one that was begun last in this ring. Another one's
    /// bytes are no longer its own; it is counted as dropped.
    public func commit(_ line: consuming AccessLine) {
        let position = producer.pointee.position
        let place = position & (capacity &- 1)
        guard line.base == memory + place else { return countDropped() }
        let end = place &+ line.close()
        let next: Int
        if end >= capacity {
            wrapPlace.store(end, ordering: .relaxed)
            next = (position | (capacity &- 1)) &+ 1
        } else {
            next = position & ~(capacity &- 1) &+ end
        }
        producer.pointee.position = next
        tail.store(next, ordering: .releasing)
        wakeup.wakeIfParked()
    }

    // After this the writer is at most one lap behind, so a wrap place is read before it is
    // overwritten.
    private func hasRoom() -> Bool {
        let needed = producer.pointee.position &+ AccessRing.lineBytesMax
        if needed &- producer.pointee.headSeen <= capacity { return true }
        producer.pointee.headSeen = head.load(ordering: .acquiring)
        return needed &- producer.pointee.headSeen <= capacity
    }

    private func countDropped() {
        dropped.store(dropped.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// Whether a drain would find something.
    var isEmpty: Bool {
        tail.load(ordering: .acquiring) == head.load(ordering: .relaxed)
    }

    /// Gives what is there to the writer's sink, in order, in whole lines.
    func drain(_ write: (UnsafeBufferPointer<UInt8>) -> Void) {
        let end = tail.load(ordering: .acquiring)
        var from = head.load(ordering: .relaxed)
        while from != end {
            let place = from & (capacity &- 1)
            let isSameLap = from & ~(capacity &- 1) == end & ~(capacity &- 1)
            let stop = isSameLap ? end & (capacity &- 1) : wrapPlace.load(ordering: .relaxed)
            write(UnsafeBufferPointer(start: memory + place, count: stop &- place))
            from = isSameLap ? end : (from | (capacity &- 1)) &+ 1
            head.store(from, ordering: .releasing)
        }
    }
}
