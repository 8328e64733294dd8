internal import Glibc

extension Value: Comparable {
    public static func == (left: Value, right: Value) -> Bool { same(left, right) }

    public static func < (left: Value, right: Value) -> Bool { order(left, right) < 0 }

    /// Deep equality as OPA's: numbers by value, objects by members.
    @inline(__always) static func same(_ left: Value, _ right: Value) -> Bool {
        if left.bits == right.bits { return true }
        if left.isString { return right.isString && sameStrings(left, right) }
        return sameDeep(left, right, 0)
    }

    private static func sameDeep(_ left: Value, _ right: Value, _ depth: Int) -> Bool {
        switch (left.kind, right.kind) {
        case (.string, .string): sameStrings(left, right)
        case (.number, .number): orderOfNumbers(left, right) == 0
        case (.array, .array): sameElements(left.array.buffer, right.array.buffer, depth)
        case (.set, .set): sameElements(left.set.buffer, right.set.buffer, depth)
        case (.object, .object): sameMembers(left.object, right.object, depth)
        default: false
        }
    }

    private static func sameElements(
        _ left: UnsafeBufferPointer<Value>, _ right: UnsafeBufferPointer<Value>, _ depth: Int
    ) -> Bool {
        guard left.count == right.count, Work.spend(left.count, depth: depth) else {
            return false
        }
        for index in 0..<left.count where left[index].bits != right[index].bits {
            if !sameDeep(left[index], right[index], depth &+ 1) { return false }
        }
        return true
    }

    private static func sameMembers(
        _ left: ObjectView, _ right: ObjectView, _ depth: Int
    ) -> Bool {
        if left.table != right.table,
            !sameElements(left.table.setView.buffer, right.table.setView.buffer, depth)
        {
            return false
        }
        return sameElements(left.valueBuffer, right.valueBuffer, depth)
    }

    /// OPA's total order (ast.Compare): negative, zero or positive.
    @inline(__always) public static func order(_ left: Value, _ right: Value) -> Int {
        if left.bits == right.bits { return 0 }
        if left.isString, right.isString { return orderOfStrings(left, right) }
        return orderOfKinds(left, right, 0)
    }

    private static func orderOfKinds(_ left: Value, _ right: Value, _ depth: Int) -> Int {
        if left.bits == right.bits { return 0 }
        let (a, b) = (left.kind, right.kind)
        guard a == b else { return a.rawValue < b.rawValue ? -1 : 1 }
        switch a {
        case .undefined, .null: return 0
        case .boolean: return left.bits < right.bits ? -1 : 1
        case .number: return orderOfNumbers(left, right)
        case .string: return orderOfStrings(left, right)
        case .array: return orderOfElements(left.array.buffer, right.array.buffer, depth)
        case .set: return orderOfElements(left.set.buffer, right.set.buffer, depth)
        case .object: return orderOfMembers(left.object, right.object, depth)
        }
    }

    private static func orderOfElements(
        _ left: UnsafeBufferPointer<Value>, _ right: UnsafeBufferPointer<Value>, _ depth: Int
    ) -> Int {
        guard Work.spend(1, depth: depth) else { return 0 }
        for index in 0..<min(left.count, right.count) {
            let order = orderOfKinds(left[index], right[index], depth &+ 1)
            if order != 0 { return order }
            guard Work.spend(1) else { return 0 }
        }
        return left.count - right.count
    }

    private static func orderOfMembers(
        _ left: ObjectView, _ right: ObjectView, _ depth: Int
    ) -> Int {
        guard Work.spend(1, depth: depth) else { return 0 }
        for position in 0..<min(left.count, right.count) {
            let keys = orderOfKinds(
                left.table.keys[position], right.table.keys[position], depth &+ 1)
            if keys != 0 { return keys }
            let values = orderOfKinds(left.values[position], right.values[position], depth &+ 1)
            if values != 0 { return values }
            guard Work.spend(1) else { return 0 }
        }
        return left.count - right.count
    }
}

extension Value {
    /// Equal values have equal hashes, whatever their spelling or storage.
    public var hash: UInt32 { hash(depth: 0) }

    private func hash(depth: Int) -> UInt32 {
        switch kind {
        case .undefined, .null, .boolean: return UInt32(truncatingIfNeeded: bits)
        case .number: return Value.hash(of: doubleApproximation)
        case .string: return stringHash
        case .array: return Value.hash(array.buffer, seed: 7, depth)
        case .set: return Value.hash(set.buffer, seed: 9, depth)
        case .object:
            let keys = Value.hash(object.table.setView.buffer, seed: 8, depth)
            return Value.hash(object.valueBuffer, seed: UInt64(keys), depth)
        }
    }

    private static func hash(of double: Double) -> UInt32 {
        let bits = double == 0 ? 0 : double.bitPattern
        return UInt32(truncatingIfNeeded: StringHash.mix(bits ^ 0x51_7C_C1_B7))
    }

    private static func hash(
        _ values: UnsafeBufferPointer<Value>, seed: UInt64, _ depth: Int
    ) -> UInt32 {
        var state = seed
        guard Work.spend(values.count, depth: depth) else { return 0 }
        for value in values {
            state = StringHash.mix(state ^ UInt64(value.hash(depth: depth &+ 1))) &+ 1
        }
        return UInt32(truncatingIfNeeded: state)
    }
}

extension Value {
    /// Counts every value that this one is made of; false when that is more than there is left.
    func isAffordable(depth: Int = 0) -> Bool {
        switch kind {
        case .undefined, .null, .boolean, .number: return true
        case .string: return Work.spend(Work.units(bytes: stringBytes.count))
        case .array: return Self.areAffordable(array.buffer, depth)
        case .set: return Self.areAffordable(set.buffer, depth)
        case .object:
            return Self.areAffordable(object.table.setView.buffer, depth)
                && Self.areAffordable(object.valueBuffer, depth)
        }
    }

    private static func areAffordable(
        _ values: UnsafeBufferPointer<Value>, _ depth: Int
    ) -> Bool {
        guard Work.spend(values.count, depth: depth) else { return false }
        for value in values where !value.isAffordable(depth: depth &+ 1) { return false }
        return true
    }
}

extension UnsafePointer where Pointee == KeyTable {
    var setView: SetView { SetView(self) }
}
