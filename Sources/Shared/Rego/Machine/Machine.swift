/// Runs the code of one snapshot for one evaluation.
///
/// Everything it touches is unmanaged memory that the evaluator owns: no reference counting and
/// no allocation but from the arena.
struct Machine {
    let snapshot: Snapshot
    let arena: Arena
    let context: BuiltinContext
    let registers: UnsafeMutablePointer<Value>
    let registerCountMax: Int
    let frames: UnsafeMutablePointer<Frame>
    let frameCountMax: Int

    let code: UnsafeMutablePointer<Instruction>
    let constants: UnsafeMutablePointer<Value>
    let pathKeys: UnsafeMutablePointer<Value>
    let functions: UnsafeMutablePointer<Program.Function>
    let builtins: UnsafeMutablePointer<BuiltinEntry>
    let budget: UnsafeMutablePointer<Budget>

    /// Where to go on when the called function returns.
    struct Frame: BitwiseCopyable {
        let position: Int
        let base: UnsafeMutablePointer<Value>
        let function: Int32
        /// The number of the call in `entry`.
        let call: UInt32
        /// Where the result is to be kept.
        let entry: CallMemo.EntryPointer?
    }

    init(_ snapshot: Snapshot, _ context: BuiltinContext, _ stacks: MachineStacks) {
        self.snapshot = snapshot
        self.context = context
        arena = context.arena
        registers = stacks.registers
        registerCountMax = stacks.registerCountMax
        frames = stacks.frames
        frameCountMax = stacks.frameCountMax
        code = snapshot.code
        constants = snapshot.constants
        pathKeys = snapshot.pathKeys
        functions = snapshot.functions
        builtins = snapshot.builtins
        budget = context.budget
    }

    // The one long function of the machine: a switch over all opcodes, so that position, base and
    // scope stay in processor registers from one instruction to the next.
    func run(
        _ function: Int, input: Value, position: inout Int
    ) throws(MachineFailure) -> Value {
        var at = Int(functions[function].start)
        var base = registers
        var depth = 0
        var scope = newScope(input: input)
        guard Int(functions[function].registerCount) < registerCountMax else {
            throw .budget(.tooDeep)
        }
        let constants = self.constants
        let code = self.code

        @inline(__always) func value(_ operand: Int32) -> Value {
            operand >= 0 ? base[Int(operand)] : constants[Int(~operand)]
        }
        defer { position = at }

        while true {
            let step = code + at
            at &+= 1
            switch step.pointee.opcode {
            case .move:
                base[Int(step.pointee.a)] = value(step.pointee.b)
            case .requireDefined:
                if value(step.pointee.b).isUndefined { at = Int(step.pointee.target) }
            case .requireTrue:
                let condition = value(step.pointee.b)
                if condition.isUndefined || condition.isFalse { at = Int(step.pointee.target) }
            case .input:
                base[Int(step.pointee.a)] = scope.pointee.input
                if scope.pointee.input.isUndefined { at = Int(step.pointee.target) }
            case .inputPath:
                let found = follow(scope.pointee.input, step.pointee.c, step.pointee.d)
                base[Int(step.pointee.a)] = found
                if found.isUndefined { at = Int(step.pointee.target) }
            case .dataRoot:
                base[Int(step.pointee.a)] = scope.pointee.data
            case .path:
                let found = follow(value(step.pointee.b), step.pointee.c, step.pointee.d)
                base[Int(step.pointee.a)] = found
                if found.isUndefined { at = Int(step.pointee.target) }
            case .dot:
                let found = Self.member(of: value(step.pointee.b), value(step.pointee.c))
                base[Int(step.pointee.a)] = found
                if found.isUndefined { at = Int(step.pointee.target) }

            case .jump:
                at = Int(step.pointee.target)
            case .jumpIfDefined:
                if value(step.pointee.b).isDefined { at = Int(step.pointee.target) }
            case .jumpIfUndefined:
                if value(step.pointee.b).isUndefined { at = Int(step.pointee.target) }
            case .choose:
                let choice = value(step.pointee.c).object[value(step.pointee.b)]
                if choice.isUndefined {
                    at = Int(step.pointee.target)
                } else {
                    at &+= Int(choice.inlineInteger)
                }

            case .equal:
                if !Value.same(value(step.pointee.b), value(step.pointee.c)) {
                    at = Int(step.pointee.target)
                }
            case .notEqual:
                if Value.same(value(step.pointee.b), value(step.pointee.c)) {
                    at = Int(step.pointee.target)
                }
            case .less, .lessOrEqual, .greater, .greaterOrEqual:
                let order = Self.order(value(step.pointee.b), value(step.pointee.c))
                if !Self.holds(step.pointee.opcode, order) { at = Int(step.pointee.target) }
            case .compare:
                let order = Self.order(value(step.pointee.b), value(step.pointee.c))
                let opcode = Opcode(rawValue: UInt8(truncatingIfNeeded: step.pointee.d)) ?? .equal
                base[Int(step.pointee.a)] = Value(Self.holds(opcode, order))
            case .requireMember:
                if !Self.contains(value(step.pointee.c), value(step.pointee.b)) {
                    at = Int(step.pointee.target)
                }
            case .requireIndexedMember:
                if !contains(
                    value(step.pointee.c), value(step.pointee.b), index: value(step.pointee.d))
                {
                    at = Int(step.pointee.target)
                }
            case .member:
                base[Int(step.pointee.a)] = Value(
                    Self.contains(value(step.pointee.c), value(step.pointee.b)))
            case .requirePair:
                let found = Self.member(of: value(step.pointee.d), value(step.pointee.b))
                if found.isUndefined || !Value.same(found, value(step.pointee.c)) {
                    at = Int(step.pointee.target)
                }
            case .pair:
                let found = Self.member(of: value(step.pointee.d), value(step.pointee.b))
                base[Int(step.pointee.a)] = Value(
                    found.isDefined && Value.same(found, value(step.pointee.c)))
            case .arithmetic:
                let result = arithmetic(
                    step.pointee.d, value(step.pointee.b), value(step.pointee.c))
                base[Int(step.pointee.a)] = result
                if result.isUndefined { at = Int(step.pointee.target) }

            case .iterate:
                base[Int(step.pointee.a)] = Value(bits: 0)
            case .next:
                try spend()
                let position = Int(truncatingIfNeeded: base[Int(step.pointee.a)].bits)
                base[Int(step.pointee.a)] = Value(bits: UInt64(position &+ 1))
                let pair = Self.element(value(step.pointee.b), position)
                base[Int(step.pointee.c)] = pair.key
                base[Int(step.pointee.d)] = pair.value
                if pair.value.isUndefined { at = Int(step.pointee.target) }
            case .iterateIndex:
                let first = firstCandidate(value(step.pointee.c), value(step.pointee.d))
                base[Int(step.pointee.a)] = Value(bits: UInt64(first))
                base[Int(step.pointee.a) + 1] = value(step.pointee.c)
            case .nextIndexed:
                try spend()
                let position = Int(truncatingIfNeeded: base[Int(step.pointee.a)].bits)
                let table = base[Int(step.pointee.a) + 1]
                base[Int(step.pointee.a)] = Value(bits: UInt64(candidate(table, after: position)))
                let pair = Self.element(value(step.pointee.b), position &- 1)
                base[Int(step.pointee.c)] = pair.key
                base[Int(step.pointee.d)] = pair.value
                if pair.value.isUndefined { at = Int(step.pointee.target) }

            case .newArray:
                base[Int(step.pointee.a)] = place(ArrayBuilder(arena))
            case .newSet:
                base[Int(step.pointee.a)] = place(SetBuilder(arena))
            case .newObject:
                base[Int(step.pointee.a)] = place(ObjectBuilder(arena))
            case .newTree:
                base[Int(step.pointee.a)] = place(DocumentTreeBuilder(arena))
            case .append:
                let builder = builder(base[Int(step.pointee.a)], ArrayBuilder.self)
                builder.pointee.append(value(step.pointee.b))
            case .insert:
                let builder = builder(base[Int(step.pointee.a)], SetBuilder.self)
                builder.pointee.insert(value(step.pointee.b))
            case .setMember:
                let builder = builder(base[Int(step.pointee.a)], ObjectBuilder.self)
                builder.pointee.set(value(step.pointee.b), value(step.pointee.c))
            case .addToTree:
                let builder = builder(base[Int(step.pointee.a)], DocumentTreeBuilder.self)
                builder.pointee.add(
                    value(step.pointee.b), value(step.pointee.c),
                    TreeEntryKind(rawValue: step.pointee.d) ?? .value)
            case .finishArray:
                let builder = builder(base[Int(step.pointee.b)], ArrayBuilder.self)
                base[Int(step.pointee.a)] = builder.pointee.finish()
            case .finishSet:
                let builder = builder(base[Int(step.pointee.b)], SetBuilder.self)
                base[Int(step.pointee.a)] = builder.pointee.finish()
            case .finishObject:
                let builder = builder(base[Int(step.pointee.b)], ObjectBuilder.self)
                let object = builder.pointee.finishWithoutConflict()
                if object.isUndefined { throw .objectKeys }
                base[Int(step.pointee.a)] = object
            case .finishTree:
                let builder = builder(base[Int(step.pointee.b)], DocumentTreeBuilder.self)
                base[Int(step.pointee.a)] = try builder.pointee.finish()
            case .makeArray:
                let first = base + Int(step.pointee.b)
                base[Int(step.pointee.a)] = arena.array(count: Int(step.pointee.d)) { first[$0] }
            case .makeSet:
                base[Int(step.pointee.a)] = makeSet(
                    base + Int(step.pointee.b), Int(step.pointee.d))
            case .makeObject:
                base[Int(step.pointee.a)] = makeObject(
                    base + Int(step.pointee.b), Int(step.pointee.d))
            case .makeShapedObject:
                let first = base + Int(step.pointee.b)
                let keys = value(step.pointee.c).set.table
                base[Int(step.pointee.a)] = arena.object(keys: keys) { first[$0] }
            case .mergeDocuments:
                base[Int(step.pointee.a)] = merge(
                    value(step.pointee.b), value(step.pointee.c))
            case .withoutMember:
                base[Int(step.pointee.a)] = without(
                    value(step.pointee.b), value(step.pointee.c))

            case .requireArray:
                let array = value(step.pointee.b)
                if !array.isArray || array.array.count != Int(step.pointee.d) {
                    at = Int(step.pointee.target)
                }
            case .requireObject:
                let object = value(step.pointee.b)
                if !object.isObject || object.object.count != Int(step.pointee.d) {
                    at = Int(step.pointee.target)
                }
            case .requireCollection:
                if !value(step.pointee.b).isCollection { at = Int(step.pointee.target) }

            case .callRule:
                let number = Int(step.pointee.b)
                let known = scope.pointee.memo[number]
                if known.bits != 0 {
                    if known.bits == Value.knownUndefined.bits {
                        at = Int(step.pointee.target)
                    } else {
                        base[Int(step.pointee.a)] = known
                    }
                    continue
                }
                try enter(number, from: at &- 1, base, depth, nil)
                base += Int(step.pointee.d)
                depth &+= 1
                at = Int(functions[number].start)
            case .callFunction:
                let number = Int(step.pointee.b)
                let arguments = base + Int(step.pointee.c)
                var entry: CallMemo.EntryPointer?
                if functions[number].memory.isOfCalls {
                    let call = scope.pointee.calls.entry(
                        number, arguments, count: Int(functions[number].argumentCount), arena)
                    let known = call.pointee.result
                    if known.bits != 0 {
                        if known.bits == Value.knownUndefined.bits {
                            at = Int(step.pointee.target)
                        } else {
                            base[Int(step.pointee.a)] = known
                        }
                        continue
                    }
                    entry = call
                }
                try enter(number, from: at &- 1, base, depth, entry)
                base += Int(step.pointee.d)
                for index in 0..<Int(functions[number].argumentCount) {
                    base[index &+ 1] = arguments[index]
                }
                depth &+= 1
                at = Int(functions[number].start)
            case .callBuiltin:
                let arguments = BuiltinArguments(
                    base + Int(step.pointee.c), count: Int(step.pointee.d))
                let result = try call(Int(step.pointee.b), arguments, at)
                base[Int(step.pointee.a)] = result
                if result.isUndefined { at = Int(step.pointee.target) }
            case .requireBuiltin:
                let arguments = BuiltinArguments(
                    base + Int(step.pointee.c), count: Int(step.pointee.d))
                let result = try call(Int(step.pointee.b), arguments, at)
                base[Int(step.pointee.a)] = result
                if result.isUndefined || result.isFalse { at = Int(step.pointee.target) }
            case .return:
                let result = value(step.pointee.b)
                guard depth > 0 else { return result }
                depth &-= 1
                let frame = frames[depth]
                base = frame.base
                let call = code + frame.position
                at = frame.position &+ 1
                remember(result, frame, scope)
                base[Int(call.pointee.a)] = result
                if result.isUndefined { at = Int(call.pointee.target) }
            case .setResult:
                let result = value(step.pointee.b)
                let earlier = base[Int(step.pointee.a)]
                if earlier.isDefined, !Value.same(earlier, result) {
                    throw .conflict(ConflictKind(rawValue: step.pointee.d) ?? .completeRule)
                }
                base[Int(step.pointee.a)] = result

            case .scope:
                base[Int(step.pointee.a)] = Value(bits: UInt64(UInt(bitPattern: scope)))
            case .copyScope:
                let copy = copyScope(scope, keepingMocks: true)
                base[Int(step.pointee.a)] = Value(bits: UInt64(UInt(bitPattern: copy)))
            case .scopeWithoutMocks:
                let copy = copyScope(scope, keepingMocks: false)
                base[Int(step.pointee.a)] = Value(bits: UInt64(UInt(bitPattern: copy)))
            case .enterScope:
                scope = builder(value(step.pointee.b), Scope.self)
            case .overrideInput:
                let changed = builder(base[Int(step.pointee.a)], Scope.self)
                changed.pointee.input = upsert(
                    changed.pointee.input, pathBuffer(step.pointee.c, step.pointee.d),
                    value(step.pointee.b))
            case .overrideData:
                let changed = builder(base[Int(step.pointee.a)], Scope.self)
                changed.pointee.data = upsert(
                    changed.pointee.data, pathBuffer(step.pointee.c, step.pointee.d),
                    value(step.pointee.b))
            case .markOverridden:
                let changed = builder(base[Int(step.pointee.a)], Scope.self)
                changed.pointee.slots[Int(step.pointee.c)] = .overridden
            case .mockByValue:
                let changed = builder(base[Int(step.pointee.a)], Scope.self)
                changed.pointee.slots[Int(step.pointee.c)] = value(step.pointee.b)
            case .mockByFunction:
                let changed = builder(base[Int(step.pointee.a)], Scope.self)
                changed.pointee.slots[Int(step.pointee.c)] = .candidate(step.pointee.d)
            case .jumpIfOverridden:
                if scope.pointee.slots[Int(step.pointee.c)].isDefined {
                    at = Int(step.pointee.target)
                }
            case .mockedValue:
                let slot = scope.pointee.slots[Int(step.pointee.c)]
                if slot.isDefined, !slot.isCandidate {
                    base[Int(step.pointee.a)] = slot
                    at = Int(step.pointee.target)
                }
            case .jumpUnlessMocked:
                let slot = scope.pointee.slots[Int(step.pointee.c)]
                if slot.bits != Value.candidate(step.pointee.d).bits {
                    at = Int(step.pointee.target)
                }

            case .trace:
                if context.trace(step, base, scope, constants) { at = Int(step.pointee.target) }
            }
        }
    }

    /// Counts one loop turn or call against the budget.
    @inline(__always) func spend() throws(MachineFailure) {
        budget.pointee.left &-= 1
        if budget.pointee.left < 0 { try renewBudget() }
    }

    /// Throws when what was done since the last loop turn or call has used up the budget.
    @inline(__always) func settle() throws(MachineFailure) {
        if budget.pointee.left < 0 { try renewBudget() }
    }

    private func renewBudget() throws(MachineFailure) {
        do throws(BudgetError) {
            try budget.pointee.renew(arena: arena)
        } catch {
            throw .budget(error)
        }
    }

    @inline(__always) private func follow(_ value: Value, _ start: Int32, _ count: Int32) -> Value {
        var value = value
        var key = pathKeys + Int(start)
        let end = key + Int(count)
        while key < end {
            value = Self.member(of: value, key.pointee)
            if value.isUndefined { return value }
            key += 1
        }
        return value
    }
}
