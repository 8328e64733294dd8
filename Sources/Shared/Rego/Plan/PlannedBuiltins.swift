/// The builtins that a program calls, numbered as they are first met.
final class PlannedBuiltins {
    private(set) var names: [String] = []
    private var numbers: [String: Int32] = [:]

    func number(_ name: String) -> Int32 {
        if let known = numbers[name] { return known }
        names.append(name)
        numbers[name] = Int32(names.count - 1)
        return Int32(names.count - 1)
    }
}

/// The parts of the input that a program can read.
public struct InputUsage: Sendable, Equatable {
    /// The program reads the input as a whole, or under keys that are not known beforehand.
    public fileprivate(set) var readsEverything = false
    /// Otherwise: the constant paths below `input` that it reads, each with all that is under it.
    public fileprivate(set) var paths: Set<[String]> = []

    /// Whether anything at or under a path of names can matter.
    public func reads(_ path: [String]) -> Bool {
        readsEverything || paths.contains { $0.starts(with: path) || path.starts(with: $0) }
    }

    mutating func note(_ path: [String]) {
        if path.isEmpty { readsEverything = true } else { paths.insert(path) }
    }
}
