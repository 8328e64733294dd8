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
        let own = try leaf(UnsafeBufferPointer(rebasing: entries[..<here]))
        guard !below.isEmpty else { return own }
        let members = try object(below, depth: depth)
        return own.isUndefined ? members : try unite(own, members)
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
        var value = Value.undefined
        var members = SetBuilder(arena, capacity: entries.count)
        var memberCount = 0
        for entry in entries {
            let new = entry.array[1]
            if entry.array[2] == Value(TreeEntryKind.member.rawValue) {
                members.insert(new)
                memberCount += 1
            } else if value.isUndefined {
                value = new
            } else if entry.array[2] == Value(TreeEntryKind.document.rawValue) {
                value = try unite(value, new)
            } else if value != new {
                throw .objectKeys
            }
        }
        guard memberCount > 0 else { return value }
        guard value.isUndefined else { throw .objectKeys }
        return members.finish()
    }

    /// Two objects as one; a key of both must have objects or equal values.
    private func unite(_ left: Value, _ right: Value) throws(MachineFailure) -> Value {
        if left == right { return left }
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
}
