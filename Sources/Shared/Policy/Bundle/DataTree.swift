internal import Bytes
internal import Rego

/// The base document while data files are put into it.
struct DataTree {
    private let freezer: Freezer
    private(set) var root = Value.emptyObject

    init(_ freezer: Freezer) {
        self.freezer = freezer
    }

    /// The most folders above a data file: what comes after reads `data` recursively.
    private static let foldersMax = 64

    /// Puts `value` at `path`. Objects that meet are merged, anything else that meets conflicts.
    mutating func insert(_ value: Value, at path: [String]) throws(BundleError) {
        guard !path.isEmpty || value.isObject else { throw .rootIsNoObject }
        guard path.count <= Self.foldersMax else {
            throw .data(
                path: path.prefix(3).joined(separator: "/") + "/…",
                reason: "below more than \(Self.foldersMax) folders")
        }
        let tree = path.reversed().reduce(value) { inner, name in
            freezer.object([(freezer.string(name), inner)])
        }
        if root.object.count == 0 {
            root = tree
            return
        }
        guard let merged = merge(root, tree) else {
            throw .dataConflict(path: path.joined(separator: "/"))
        }
        root = merged
    }

    /// Everything must lie below the roots.
    func check(_ roots: BundleRoots) throws(BundleError) {
        try Self.check(root, at: [], roots)
    }

    private static func check(
        _ value: Value, at path: [String], _ roots: BundleRoots
    ) throws(BundleError) {
        if roots.contain(path) { return }
        guard value.isObject, path.isEmpty || roots.reachBelow(path) else {
            throw .dataOutsideRoots(roots: roots.paths, path: path.joined(separator: "/"))
        }
        for position in 0..<value.object.count {
            let name = value.object.key(at: position).text ?? ""
            try check(value.object.value(at: position), at: path + [name], roots)
        }
    }

    /// Both sides have their members in the same order, so one pass does.
    private func merge(_ left: Value, _ right: Value) -> Value? {
        guard left.isObject, right.isObject else { return nil }
        let (left, right) = (left.object, right.object)
        var members: [(key: Value, value: Value)] = []
        members.reserveCapacity(left.count + right.count)
        var (here, there) = (0, 0)
        while here < left.count || there < right.count {
            let (mine, theirs) = (left.key(at: here), right.key(at: there))
            if there == right.count || here < left.count && mine < theirs {
                members.append((mine, left.value(at: here)))
                here += 1
            } else if here == left.count || theirs < mine {
                members.append((theirs, right.value(at: there)))
                there += 1
            } else {
                guard let both = merge(left.value(at: here), right.value(at: there)) else {
                    return nil
                }
                members.append((mine, both))
                (here, there) = (here + 1, there + 1)
            }
        }
        return freezer.object(members)
    }
}
