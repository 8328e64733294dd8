/// What `with` changes about types while one expression is checked: the target has the type of the
/// value, and rules that depend on the target may be anything.
struct TypeOverrides {
    private var targets: [(path: [Term], type: RegoType)] = []
    private var changed = Set<Int>()
    private var changesAll = false

    var isEmpty: Bool { targets.isEmpty && changed.isEmpty && !changesAll }

    /// - Parameter graph: nil where dependencies are not known; then every rule may change.
    init(_ modifiers: [WithModifier], types: [RegoType?], graph: RuleGraph?) {
        guard !modifiers.isEmpty else { return }
        for (modifier, type) in zip(modifiers, types) {
            guard case .ref(let path) = modifier.target.value,
                case .variable(.data) = path[0].value
            else { continue }
            targets.append((path, type ?? .any))
            guard let graph else {
                changesAll = true
                continue
            }
            changed.formUnion(graph.dependents(of: path))
        }
    }

    /// The type that a ref has instead of its own.
    func type(
        of ref: [Term], graph: RuleGraph?, _ symbols: SymbolTable
    ) -> RegoType? {
        guard !isEmpty, case .variable(.data) = ref[0].value else { return nil }
        for (path, type) in targets.reversed() {
            let common = zip(path, ref).prefix { $0.isSame(as: $1) }.count
            if common == path.count { return type.select(ref[path.count...], symbols) ?? .any }
            if common == ref.count { return .any }
        }
        if changesAll { return .any }
        guard let graph else { return nil }
        return changed.isDisjoint(with: graph.rules(readBy: ref)) ? nil : .any
    }
}
