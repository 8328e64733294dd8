internal import Glibc

extension Value: Comparable {
    public static func == (left: Value, right: Value) -> Bool { same(left, right) }

    public static func < (left: Value, right: Value) -> Bool { order(left, right) < 0 }

    /// Deep equality as OPA's: numbers by value, objects by members.
    @inline(__always) static func same(_ left: Value, _ right: Value) -> Bool {
        if left.bits == right.bits { return true }
        if left.isString { return right.isString && sameStrings(left, right) }
        return sameDeep(left, right)
    }

    private static func sameDeep(_ left: Value, _ right: Value) -> Bool {
        switch (left.kind, right.kind) {
        case (.number, .number): orderOfNumbers(left, right) == 0
        case (.array, .array): sameElements(left.array.buffer, right.array.buffer)
        case (.set, .set): sameElements(left.set.buffer, right.set.buffer)
        case (.object, .object): sameMembers(left.object, right.object)
        default: false
        }
    }

    private static func sameElements(
        _ left: UnsafeBufferPointer<Value>, _ right: UnsafeBufferPointer<Value>
    ) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where !same(left[index], right[index]) { return false }
        return true
    }

    private static func sameMembers(_ left: ObjectView, _ right: ObjectView) -> Bool {
        guard left.count == right.count else { return false }
        for position in 0..<left.count {
            if !same(left.values[position], right.values[position]) { return false }
            if left.table != right.table,
                !same(left.table.keys[position], right.table.keys[position])
            {
                return false
            }
        }
        return true
    }

    /// OPA's total order (ast.Compare): negative, zero or positive.
    @inline(__always) public static func order(_ left: Value, _ right: Value) -> Int {
        if left.bits == right.bits { return 0 }
        if left.isString, right.isString { return orderOfStrings(left, right) }
        return orderOfKinds(left, right)
    }

    private static func orderOfKinds(_ left: Value, _ right: Value) -> Int {
        let (a, b) = (left.kind, right.kind)
        guard a == b else { return a.rawValue < b.rawValue ? -1 : 1 }
        switch a {
        case .undefined, .null: return 0
        case .boolean: return left.bits < right.bits ? -1 : 1
        case .number: return orderOfNumbers(left, right)
        case .string: return orderOfStrings(left, right)
        case .array: return orderOfElements(left.array.buffer, right.array.buffer)
        case .set: return orderOfElements(left.set.buffer, right.set.buffer)
        case .object: return orderOfMembers(left.object, right.object)
        }
    }

    private static func orderOfElements(
        _ left: UnsafeBufferPointer<Value>, _ right: UnsafeBufferPointer<Value>
    ) -> Int {
        for index in 0..<min(left.count, right.count) {
            let order = order(left[index], right[index])
            if order != 0 { return order }
        }
        return left.count - right.count
    }

    private static func orderOfMembers(_ left: ObjectView, _ right: ObjectView) -> Int {
        for position in 0..<min(left.count, right.count) {
            let keys = order(left.table.keys[position], right.table.keys[position])
            if keys != 0 { return keys }
            let values = order(left.values[position], right.values[position])
            if values != 0 { return values }
        }
        return left.count - right.count
    }
}

extension Value {
    /// Equal values have equal hashes, whatever their spelling or storage.
    public var hash: UInt32 {
        switch kind {
        case .undefined, .null, .boolean: return UInt32(truncatingIfNeeded: bits)
        case .number: return Value.hash(of: doubleApproximation)
        case .string: return stringHash
        case .array: return Value.hash(array.buffer, seed: 7)
        case .set: return Value.hash(set.buffer, seed: 9)
        case .object:
            let keys = Value.hash(object.table.setView.buffer, seed: 8)
            let values = UnsafeBufferPointer(start: object.values, count: object.count)
            return Value.hash(values, seed: UInt64(keys))
        }
    }

    private static func hash(of double: Double) -> UInt32 {
        let bits = double == 0 ? 0 : double.bitPattern
        return UInt32(truncatingIfNeeded: StringHash.mix(bits ^ 0x51_7C_C1_B7))
    }

    private static func hash(_ values: UnsafeBufferPointer<Value>, seed: UInt64) -> UInt32 {
        var state = seed
        for value in values { state = StringHash.mix(state ^ UInt64(value.hash)) &+ 1 }
        return UInt32(truncatingIfNeeded: state)
    }
}

extension UnsafePointer where Pointee == KeyTable {
    var setView: SetView { SetView(self) }
}
