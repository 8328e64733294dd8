/// What functions answered within one scope, by their arguments: as in OPA a function is evaluated
/// once for equal arguments, however often a policy calls it.
///
/// The table lies in the arena and has four places for each hash. A later call may take the place
/// of an earlier one, so that its memory is bounded whatever a policy calls.
struct CallMemo: BitwiseCopyable {
    /// A call and, once it has returned, its result.
    struct Entry: BitwiseCopyable {
        var function: Int32 = -1
        var hash: UInt32 = 0
        /// Counts the calls of the scope, so that a result is not kept for another call that has
        /// taken the place meanwhile.
        var call: UInt32 = 0
        /// Zero bits until the call has returned.
        var result = Value.undefined
        var arguments = (Value.undefined, Value.undefined, Value.undefined, Value.undefined)
    }

    typealias EntryPointer = UnsafeMutablePointer<Entry>

    /// Functions of more arguments are not remembered.
    static let argumentsMax = 4
    private static let placesMin = 16
    private static let placesMax = 4_096
    private static let argumentsOffset = MemoryLayout<Entry>.offset(of: \.arguments) ?? 0

    private var places: EntryPointer?
    private var mask = 0
    private var calls: UInt32 = 0
    /// How many places have been taken since the table has its size.
    private var taken = 0

    /// The entry of the call. It is a new one when its result is undefined; whoever makes the call
    /// keeps the result in it, unless its `call` has changed.
    mutating func entry(
        _ function: Int, _ arguments: UnsafePointer<Value>, count: Int, _ arena: Arena
    ) -> EntryPointer {
        var state = UInt64(UInt32(truncatingIfNeeded: function))
        for index in 0..<count {
            state = StringHash.mix(state ^ UInt64(arguments[index].shallowHash)) &+ 1
        }
        let hash = UInt32(truncatingIfNeeded: state)
        let group = self.group(hash, arena)
        var entry = group + Int(calls & 3)
        for place in group..<(group + 4) {
            if place.pointee.function == Int32(function), place.pointee.hash == hash,
                Self.same(Self.arguments(place), arguments, count)
            {
                if place.pointee.result.bits != 0 { return place }
                entry = place
                break
            }
            if place.pointee.function < 0 {
                entry = place
                break
            }
        }
        calls &+= 1
        taken &+= 1
        entry.pointee = Entry(function: Int32(function), hash: hash, call: calls)
        Self.arguments(entry).update(from: arguments, count: count)
        return entry
    }

    /// The places for calls of a hash.
    private mutating func group(_ hash: UInt32, _ arena: Arena) -> EntryPointer {
        if let places, taken &* 2 <= mask || mask &+ 1 >= Self.placesMax {
            return places + (Int(hash) & mask & ~3)
        }
        let old = UnsafeMutableBufferPointer(start: places, count: places == nil ? 0 : mask &+ 1)
        let count = places == nil ? Self.placesMin : old.count &* 4
        let made = arena.allocate(bytes: count &* MemoryLayout<Entry>.stride)
            .bindMemory(to: Entry.self, capacity: count)
        made.initialize(repeating: Entry(), count: count)
        places = made
        mask = count &- 1
        taken = 0
        for entry in old where entry.result.bits != 0 { keep(entry) }
        return made + (Int(hash) & mask & ~3)
    }

    /// Takes over what a smaller table had, if there is a place for it.
    private mutating func keep(_ entry: Entry) {
        guard let places else { return }
        let group = places + (Int(entry.hash) & mask & ~3)
        for place in group..<(group + 4) where place.pointee.function < 0 {
            place.pointee = entry
            taken &+= 1
            return
        }
    }

    private static func arguments(_ entry: EntryPointer) -> UnsafeMutablePointer<Value> {
        (UnsafeMutableRawPointer(entry) + argumentsOffset).assumingMemoryBound(to: Value.self)
    }

    private static func same(
        _ left: UnsafePointer<Value>, _ right: UnsafePointer<Value>, _ count: Int
    ) -> Bool {
        for index in 0..<count where !Value.same(left[index], right[index]) { return false }
        return true
    }
}

extension Value {
    /// A hash that takes the same time for values of any size. Equal values have equal ones.
    fileprivate var shallowHash: UInt32 { hash(levels: 2) }

    private func hash(levels: Int) -> UInt32 {
        let parts: UnsafeBufferPointer<Value>
        switch kind {
        case .undefined, .null, .boolean, .number, .string: return hash
        case .array: parts = array.buffer
        case .set: parts = set.buffer
        case .object: parts = object.valueBuffer
        }
        var state = UInt64(kind.rawValue) << 32 ^ UInt64(parts.count)
        guard levels > 0 else { return UInt32(truncatingIfNeeded: state) }
        for part in parts.prefix(3) {
            state = StringHash.mix(state ^ UInt64(part.hash(levels: levels &- 1))) &+ 1
        }
        return UInt32(truncatingIfNeeded: state)
    }
}
