/// Puts together the document of rules with computed paths.
struct DocumentTreeBuilder {
    private var entries: ArrayBuilder
    private let arena: Arena

    init(_ arena: Arena) {
        self.arena = arena
        entries = ArrayBuilder(arena)
    }

    mutating func add(_ path: Value, _ value: Value, _ kind: TreeEntryKind) {
        entries.append(path)
        entries.append(value)
        entries.append(Value(kind.rawValue))
    }

    /// The document; an empty object when nothing was added.
    func finish() throws(MachineFailure) -> Value {
        let all = entries.finish().array
        var order = ArrayBuilder(arena, capacity: all.count / 3)
        for index in 0..<(all.count / 3) {
            order.append(arena.array(all[index * 3], all[index * 3 + 1], all[index * 3 + 2]))
        }
        ValueSort.sort(order.buffer.baseAddress ?? arena.allocateValues(0), count: order.count,
                       arena: arena)
        let sorted = UnsafeBufferPointer(order.buffer)
        return sorted.isEmpty ? .emptyObject : try document(sorted, depth: 0)
    }

    /// The document of entries that agree on the first `depth` operands of their paths.
    private func document(
        _ entries: UnsafeBufferPointer<Value>, depth: Int
    ) throws(MachineFailure) -> Value {
        let here = entries.prefix { $0.array[0].array.count == depth }.count
        let below = UnsafeBufferPointer(rebasing: entries[here...])
        let own = UnsafeBufferPointer(rebasing: entries[..<here])
        guard !below.isEmpty else { return try leaf(own) }
        let members = try object(below, depth: depth)
        guard !own.isEmpty else { return members }
        // Only a document that is made of parts itself can take more of them.
        guard own.allSatisfy({ Self.kind($0) == .document }) else { throw .objectKeys }
        return try unite(try leaf(own), members)
    }

    private static func kind(_ entry: Value) -> TreeEntryKind {
        let raw = Int32(truncatingIfNeeded: entry.array[2].int64 ?? 0)
        return TreeEntryKind(rawValue: raw) ?? .value
    }

    private func object(
        _ entries: UnsafeBufferPointer<Value>, depth: Int
    ) throws(MachineFailure) -> Value {
        var builder = ObjectBuilder(arena)
        var start = 0
        while start < entries.count {
            let key = entries[start].array[0].array[depth]
            var end = start + 1
            while end < entries.count, entries[end].array[0].array[depth] == key { end += 1 }
            let group = UnsafeBufferPointer(rebasing: entries[start..<end])
            builder.set(key, try document(group, depth: depth + 1))
            start = end
        }
        return builder.finish()
    }

    /// What entries with the same whole path make together.
    private func leaf(_ entries: UnsafeBufferPointer<Value>) throws(MachineFailure) -> Value {
        var members = SetBuilder(arena, capacity: entries.count)
        var document = Value.undefined
        var hasMembers = false
        for entry in entries {
            let new = entry.array[1]
            switch Self.kind(entry) {
            case .member:
                members.insert(new)
                hasMembers = true
            case .document:
                document = document.isUndefined ? new : try unite(document, new)
            case .value:
                guard document.isUndefined || document == new else { throw .objectKeys }
                document = new
            }
        }
        guard hasMembers else { return document }
        let set = members.finish()
        return document.isUndefined ? set : try unite(document, set)
    }

    /// Two objects as one; a key of both must have objects or equal values.
    private func unite(_ left: Value, _ right: Value) throws(MachineFailure) -> Value {
        if left == right { return left }
        if left.isSet, right.isSet { return union(left.set, right.set) }
        guard left.isObject, right.isObject else { throw .objectKeys }
        var builder = ObjectBuilder(arena, capacity: left.object.count + right.object.count)
        for position in 0..<left.object.count {
            let key = left.object.key(at: position)
            if right.object[key].isUndefined { builder.set(key, left.object.value(at: position)) }
        }
        for position in 0..<right.object.count {
            let key = right.object.key(at: position)
            let other = left.object[key]
            let value = right.object.value(at: position)
            builder.set(key, other.isUndefined ? value : try unite(other, value))
        }
        return builder.finish()
    }

    private func union(_ left: SetView, _ right: SetView) -> Value {
        var builder = SetBuilder(arena, capacity: left.count + right.count)
        for member in left.buffer { builder.insert(member) }
        for member in right.buffer { builder.insert(member) }
        return builder.finish()
    }
}
