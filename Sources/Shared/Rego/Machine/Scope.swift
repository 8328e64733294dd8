/// What a `with` changes: the world that rules see, and so what is remembered of them.
struct Scope: BitwiseCopyable {
    var input: Value
    /// All base documents.
    var data: Value
    /// Results of memoised functions by number: zero bits when not known yet.
    var memo: UnsafeMutablePointer<Value>
    /// What is replaced, by slot: undefined when nothing is.
    var slots: UnsafeMutablePointer<Value>
    var calls = CallMemo()
}

extension Value {
    /// In a scope's memo: the rule is known to be undefined.
    static let knownUndefined = Value(bits: 15)
    /// In a document's slot: it is replaced.
    static let overridden = Value(bits: 14)

    /// In a function's slot: replaced by candidate `number`.
    static func candidate(_ number: Int32) -> Value {
        Value(bits: UInt64(UInt32(bitPattern: number)) << 4 | 13)
    }

    var isCandidate: Bool { rawTag == 13 }
}

extension Machine {
    func newScope(input: Value) -> UnsafeMutablePointer<Scope> {
        let slotCount = snapshot.program.overrideSlots
        let scope = arena.allocate(bytes: MemoryLayout<Scope>.stride)
            .bindMemory(to: Scope.self, capacity: 1)
        let memoCount = snapshot.program.functions.count
        let memo = arena.allocateValues(memoCount)
        memo.update(repeating: .undefined, count: memoCount)
        let slots = arena.allocateValues(slotCount)
        slots.update(repeating: .undefined, count: slotCount)
        scope.initialize(
            to: Scope(input: input, data: snapshot.data.root, memo: memo, slots: slots))
        return scope
    }

    /// A copy to change: nothing is remembered in it.
    func copyScope(
        _ scope: UnsafeMutablePointer<Scope>, keepingMocks: Bool
    ) -> UnsafeMutablePointer<Scope> {
        let copy = newScope(input: scope.pointee.input)
        copy.pointee.data = scope.pointee.data
        for slot in 0..<snapshot.program.overrideSlots {
            let value = scope.pointee.slots[slot]
            if keepingMocks || value.bits == Value.overridden.bits {
                copy.pointee.slots[slot] = value
            }
        }
        return copy
    }

    /// `document` with `value` at a path; what is in the way is replaced by objects.
    func upsert(
        _ document: Value, _ path: UnsafeBufferPointer<Value>, _ value: Value
    ) -> Value {
        guard let key = path.first else { return value }
        let rest = UnsafeBufferPointer(rebasing: path.dropFirst())
        let members = document.object
        var builder = ObjectBuilder(arena, capacity: members.count + 1)
        for position in 0..<members.count {
            builder.set(members.key(at: position), members.value(at: position))
        }
        builder.set(key, upsert(members[key], rest, value))
        return builder.finish()
    }

    /// An object less one of its members.
    func without(_ object: Value, _ key: Value) -> Value {
        let members = object.object
        if members[key].isUndefined { return object }
        var builder = ObjectBuilder(arena, capacity: members.count)
        for position in 0..<members.count where members.key(at: position) != key {
            builder.set(members.key(at: position), members.value(at: position))
        }
        return builder.finish()
    }

    /// Base and virtual documents as one: objects merge, elsewhere the base document wins.
    func merge(_ base: Value, _ virtual: Value) -> Value {
        guard base.isObject, virtual.isObject else { return base }
        if virtual.object.count == 0 { return base }
        var builder = ObjectBuilder(arena, capacity: base.object.count + virtual.object.count)
        for position in 0..<base.object.count {
            let key = base.object.key(at: position)
            let own = base.object.value(at: position)
            let other = virtual.object[key]
            builder.set(key, other.isUndefined ? own : merge(own, other))
        }
        for position in 0..<virtual.object.count {
            let key = virtual.object.key(at: position)
            if base.object[key].isUndefined {
                builder.set(key, virtual.object.value(at: position))
            }
        }
        return builder.finish()
    }
}
