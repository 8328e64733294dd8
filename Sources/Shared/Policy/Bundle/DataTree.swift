internal import Bytes
internal import Rego

/// The base document while data files are put into it.
struct DataTree {
    private let freezer: Freezer
    private(set) var root = Value.emptyObject

    init(_ freezer: Freezer) {
        self.freezer = freezer
    }

    /// Puts `value` at `path`. Objects that meet are merged, anything else that meets conflicts.
    mutating func insert(_ value: Value, at path: [String]) throws(BundleError) {
        guard !path.isEmpty || value.isObject else { throw .rootIsNoObject }
        let tree = path.reversed().reduce(value) { inner, name in
            freezer.object([(freezer.string(name), inner)])
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

    private func merge(_ left: Value, _ right: Value) -> Value? {
        guard left.isObject, right.isObject else { return nil }
        if left.object.count == 0 { return right }
        var members = (0..<left.object.count).map { position in
            (key: left.object.key(at: position), value: left.object.value(at: position))
        }
        for position in 0..<right.object.count {
            let key = right.object.key(at: position)
            let added = right.object.value(at: position)
            if let index = members.firstIndex(where: { $0.key == key }) {
                guard let merged = merge(members[index].value, added) else { return nil }
                members[index].value = merged
            } else {
                members.append((key, added))
            }
        }
        return freezer.object(members)
    }
}
