// What single instructions do that is too long for the machine's switch.

extension Machine {
    /// - Parameter next: the position of the instruction after the call.
    func call(
        _ number: Int, _ arguments: BuiltinArguments, _ next: Int
    ) throws(MachineFailure) -> Value {
        let result: Value
        budget.pointee.left &-= arguments.cost
        do throws(BuiltinError) {
            result = try builtins[number].function(context, arguments)
        } catch {
            switch error {
            case .operand, .failure:
                guard context.strictErrors else {
                    let failure = MachineFailure.builtin(number: number, error)
                    context.tolerate(failure, in: snapshot.program, at: next &- 1)
                    return .undefined
                }
                throw .builtin(number: number, error)
            case .halt, .budget: throw .builtin(number: number, error)
            }
        }
        try settle()
        if arena.isExhausted { throw .budget(.tooMuchMemory) }
        return result
    }

    func pathBuffer(_ start: Int32, _ count: Int32) -> UnsafeBufferPointer<Value> {
        UnsafeBufferPointer(start: pathKeys + Int(start), count: Int(count))
    }

    /// Puts a builder into the arena; the value is its address.
    @inline(__always) func place<Builder>(_ builder: Builder) -> Value {
        let place = arena.allocate(bytes: MemoryLayout<Builder>.stride)
        place.bindMemory(to: Builder.self, capacity: 1).initialize(to: builder)
        return Value(bits: UInt64(UInt(bitPattern: place)))
    }

    @inline(__always) func builder<Builder>(
        _ value: Value, _ type: Builder.Type
    ) -> UnsafeMutablePointer<Builder> {
        UnsafeMutablePointer<Builder>(bitPattern: UInt(value.bits)).unsafelyUnwrapped
    }

    func makeSet(_ first: UnsafeMutablePointer<Value>, _ count: Int) -> Value {
        var builder = SetBuilder(arena, capacity: count)
        for index in 0..<count { builder.insert(first[index]) }
        return builder.finish()
    }

    func makeObject(_ first: UnsafeMutablePointer<Value>, _ count: Int) -> Value {
        var builder = ObjectBuilder(arena, capacity: count)
        for index in 0..<count { builder.set(first[index * 2], first[index * 2 + 1]) }
        return builder.finish()
    }

    func contains(_ collection: Value, _ element: Value, index: Value) -> Bool {
        guard let table = UnsafePointer<UInt32>(bitPattern: UInt(index.bits)) else {
            return Self.contains(collection, element)
        }
        var position = CollectionIndex.first(table, key: element)
        while position > 0 {
            if Value.same(Self.element(collection, position - 1).value, element) { return true }
            position = CollectionIndex.next(table, after: position)
        }
        return false
    }

    func firstCandidate(_ index: Value, _ key: Value) -> Int {
        guard let table = UnsafePointer<UInt32>(bitPattern: UInt(index.bits)) else { return 1 }
        return CollectionIndex.first(table, key: key)
    }

    func candidate(_ index: Value, after position: Int) -> Int {
        guard let table = UnsafePointer<UInt32>(bitPattern: UInt(index.bits)) else {
            return position &+ 1
        }
        return position > 0 ? CollectionIndex.next(table, after: position) : 0
    }
}
