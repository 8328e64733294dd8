internal import Glibc
internal import Synchronization

/// Why an evaluation was stopped.
public enum BudgetError: Error, Sendable, Equatable {
    case tooManyInstructions
    case tooMuchMemory
    case tooDeep
    case tooLong
    case cancelled
}

/// Stops an evaluation from another thread.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    public init() {}

    public func cancel() { flag.store(true, ordering: .relaxed) }

    public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}

/// What one evaluation may use.
public struct Limits: Sendable, Equatable {
    /// Machine instructions, loop turns of builtins included.
    public var instructionsMax = 50_000_000
    /// Bytes of arena.
    public var arenaBytesMax = 256 << 20
    /// Nested rule and function calls.
    public var callDepthMax = 512
    /// Wall time; looked at every `Budget.slice` instructions.
    public var timeNanosecondsMax: Int64 = 10_000_000_000

    public init() {}
}

/// Counts down a slice of instructions; what is dear to check is checked once a slice.
struct Budget {
    static let slice = 16_384

    let limits: Limits
    /// Instructions left in this slice; `Work` counts here too.
    var left = 0
    private var slicesLeft = 0
    private var deadline: Int64 = 0
    private var cancellation: Cancellation?

    /// Where `left` lies in a budget, for what counts there without knowing the rest.
    static let leftOffset = MemoryLayout<Budget>.offset(of: \.left) ?? 0

    init(limits: Limits = Limits()) { self.limits = limits }

    mutating func start(cancellation: Cancellation?) {
        self.cancellation = cancellation
        slicesLeft = limits.instructionsMax / Self.slice
        left = Self.slice
        deadline = 0
    }

    mutating func spend(_ units: Int, arena: Arena) throws(BudgetError) {
        let units = max(units, 0)
        slicesLeft -= units / Self.slice
        left -= units % Self.slice
        if left < 0 || units >= Self.slice { try renew(arena: arena) }
        if arena.isExhausted { throw .tooMuchMemory }
    }

    /// Begins another slice, or says what is used up.
    mutating func renew(arena: Arena) throws(BudgetError) {
        guard left > Work.floor else { throw .tooManyInstructions }
        let slices = 1 + (-min(left, 0)) / Self.slice
        slicesLeft -= slices
        guard slicesLeft >= 0 else { throw .tooManyInstructions }
        left = Self.slice
        guard !arena.isExhausted else { throw .tooMuchMemory }
        if let cancellation, cancellation.isCancelled { throw .cancelled }
        let now = Self.monotonicNanoseconds()
        if deadline == 0 {
            deadline = now + limits.timeNanosecondsMax
        } else if now > deadline {
            throw .tooLong
        }
    }

    private static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
