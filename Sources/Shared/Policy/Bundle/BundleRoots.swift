/// The parts of `data` that a bundle owns, compared by segment: `a` holds `a/b`, not `ab`.
public struct BundleRoots: Sendable, Equatable {
    /// Without leading and trailing slashes; `""` is everything.
    public let paths: [String]
    private let segments: [[Substring]]

    /// Everything.
    public static let all = BundleRoots(unchecked: [""])

    /// The error names a pair where one is inside the other.
    init(_ roots: [String]) throws(BundleError) {
        let trimmed = roots.map { root in
            var root = root[...]
            while root.hasPrefix("/") { root = root.dropFirst() }
            while root.hasSuffix("/") { root = root.dropLast() }
            return String(root)
        }
        self.init(unchecked: trimmed)
        for (index, one) in segments.enumerated() {
            for (other, path) in segments.enumerated().dropFirst(index + 1)
            where one.starts(with: path) || path.starts(with: one) {
                let pair = [trimmed[index], trimmed[other]]
                let longFirst = one.count >= path.count ? pair : pair.reversed()
                throw .overlappingRoots(longFirst[0], longFirst[1])
            }
        }
    }

    private init(unchecked paths: [String]) {
        self.paths = paths
        segments = paths.map { $0.split(separator: "/") }
    }

    /// The path lies at or below one of the roots.
    public func contain(_ path: [String]) -> Bool {
        segments.contains { root in
            root.count <= path.count && zip(root, path).allSatisfy { $0 == $1 }
        }
    }

    /// One of the roots lies below the path.
    func reachBelow(_ path: [String]) -> Bool {
        segments.contains { root in
            root.count > path.count && zip(root, path).allSatisfy { $0 == $1 }
        }
    }
}
