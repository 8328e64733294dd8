internal import CWork

/// Counts what comparing, hashing and writing values costs against the budget of the evaluation
/// that runs on this thread.
///
/// A value can be far larger than its memory, for its parts may be shared: thirty rules that each
/// hold the one before twice make a billion elements. Operations that visit all of them therefore
/// count as they go, and give up, with whatever answer, once the count is below `floor`; the
/// machine then ends the evaluation before it uses the answer. While nothing is evaluated, such as
/// when data is loaded, nothing is counted: what is loaded shares nothing.
enum Work {
    /// How far one operation may overdraw a slice of the budget: a few milliseconds.
    static let floor = -(1 << 20)

    /// Values nested deeper than this are not visited to the end, so that the stack suffices.
    /// What is read from JSON or YAML is never so deep.
    static let depthMax = 4_096

    /// Counts `units`, about one for each value visited. False: give up.
    @inline(__always) static func spend(_ units: Int) -> Bool {
        guard let left = cwork_left() else { return true }
        left.pointee &-= units
        return left.pointee > floor
    }

    /// As `spend`, and gives up when `depth` is too much.
    @inline(__always) static func spend(_ units: Int, depth: Int) -> Bool {
        if depth < depthMax { return spend(units) }
        if let left = cwork_left() { left.pointee = floor }
        return false
    }

    /// Units for so many bytes that are compared, hashed or copied.
    @inline(__always) static func units(bytes: Int) -> Int { bytes &>> 4 }

    /// Counts down at `left` for as long as `body` takes.
    static func counting<Answer, Failure: Error>(
        at left: UnsafeMutablePointer<Int>, _ body: () throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        let outer = cwork_left()
        cwork_set(left)
        defer { cwork_set(outer) }
        return try body()
    }
}
