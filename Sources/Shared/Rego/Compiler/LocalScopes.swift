/// The local names in scope while a rule's variables are renamed, innermost scope last.
struct LocalScopes {
    /// How a name came into a scope.
    enum Occurrence {
        case argument
        case seen
        case assigned
        case declared
    }

    struct Entry {
        /// The unique name; the name itself where nothing declared it.
        var unique: Symbol?
        var occurrence: Occurrence?
        /// How often the name was met.
        var count = 0
    }

    struct Scope {
        var entries: [(name: Symbol, entry: Entry)] = []

        func index(of name: Symbol) -> Int? { entries.firstIndex { $0.name == name } }
    }

    private(set) var scopes = [Scope()]

    var innermost: Scope { scopes[scopes.count - 1] }

    mutating func push() { scopes.append(Scope()) }

    mutating func pop() { scopes.removeLast() }

    mutating func insert(_ name: Symbol, as unique: Symbol, _ occurrence: Occurrence) {
        let entry = Entry(unique: unique, occurrence: occurrence, count: 1)
        let last = scopes.count - 1
        if let index = scopes[last].index(of: name) {
            scopes[last].entries[index].entry = entry
        } else {
            scopes[last].entries.append((name, entry))
        }
    }

    /// The unique name of a name in any scope.
    func unique(_ name: Symbol) -> Symbol? {
        for scope in scopes.reversed() {
            if let index = scope.index(of: name), let unique = scope.entries[index].entry.unique {
                return unique
            }
        }
        return nil
    }

    /// How the name came into the innermost scope.
    func occurrence(_ name: Symbol) -> Occurrence? {
        innermost.index(of: name).flatMap { innermost.entries[$0].entry.occurrence }
    }

    /// How the name came into the innermost scope that has it.
    func anyOccurrence(_ name: Symbol) -> Occurrence? {
        for scope in scopes.reversed() {
            if let index = scope.index(of: name),
                let occurrence = scope.entries[index].entry.occurrence
            {
                return occurrence
            }
        }
        return nil
    }

    mutating func see(_ name: Symbol) {
        for depth in scopes.indices.reversed() {
            if let index = scopes[depth].index(of: name) {
                scopes[depth].entries[index].entry.count += 1
                return
            }
        }
        scopes[scopes.count - 1].entries.append((name, Entry(count: 1)))
    }

    func count(_ name: Symbol) -> Int {
        for scope in scopes.reversed() {
            if let index = scope.index(of: name) { return scope.entries[index].entry.count }
        }
        return 0
    }
}
