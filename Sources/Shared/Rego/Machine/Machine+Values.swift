extension Machine {
    /// What is under `key`: an object's value, an array's element, a set's member itself.
    @inline(__always) static func member(of collection: Value, _ key: Value) -> Value {
        if collection.has(.object) { return collection.object[key] }
        if collection.has(.array) {
            return key.has(.integer) ? collection.array[Int(key.inlineInteger)] : .undefined
        }
        if collection.has(.set) { return collection.set.contains(key) ? key : .undefined }
        return .undefined
    }

    /// The member at a position, with its key; undefined past the end and for scalars.
    @inline(__always) static func element(
        _ collection: Value, _ position: Int
    ) -> (key: Value, value: Value) {
        if collection.has(.array) {
            return (Value(inline: Int64(position)), collection.array[position])
        }
        if collection.has(.object) {
            let object = collection.object
            return (object.key(at: position), object.value(at: position))
        }
        if collection.has(.set) {
            let member = collection.set[position]
            return (member, member)
        }
        return (.undefined, .undefined)
    }

    /// Whether a collection has `element` among its values (OPA: `in`).
    static func contains(_ collection: Value, _ element: Value) -> Bool {
        switch collection.kind {
        case .set: return collection.set.contains(element)
        case .array:
            let array = collection.array
            guard Work.spend(array.count &>> 3) else { return false }
            let elements = array.elements
            for index in 0..<array.count where Value.same(elements[index], element) { return true }
            return false
        case .object:
            guard Work.spend(collection.object.count &>> 3) else { return false }
            for position in 0..<collection.object.count
            where Value.same(collection.object.value(at: position), element) {
                return true
            }
            return false
        case .undefined, .null, .boolean, .number, .string: return false
        }
    }

    @inline(__always) static func order(_ left: Value, _ right: Value) -> Int {
        if left.has(.integer), right.has(.integer) {
            let (a, b) = (left.inlineInteger, right.inlineInteger)
            return a < b ? -1 : a > b ? 1 : 0
        }
        return Value.order(left, right)
    }

    @inline(__always) static func holds(_ comparison: Opcode, _ order: Int) -> Bool {
        switch comparison {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        default: false
        }
    }

    /// Sums, differences and products of small integers; undefined for anything else.
    @inline(__always) func arithmetic(_ operation: Int32, _ left: Value, _ right: Value) -> Value {
        guard left.has(.integer), right.has(.integer) else { return .undefined }
        let (a, b) = (left.inlineInteger, right.inlineInteger)
        let result: (partialValue: Int64, overflow: Bool) =
            switch Arithmetic(rawValue: operation) {
            case .plus: a.addingReportingOverflow(b)
            case .minus: a.subtractingReportingOverflow(b)
            case .times: a.multipliedReportingOverflow(by: b)
            case nil: (0, true)
            }
        return result.overflow ? .undefined : arena.number(int64: result.partialValue)
    }
}
