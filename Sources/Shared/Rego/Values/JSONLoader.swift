public import Bytes

/// Makes values out of what the JSON loader reads.
protocol JSONSink: ~Copyable {
    mutating func string(_ text: UnsafeRawBufferPointer, hasEscapes: Bool) -> Value
    mutating func number(_ text: UnsafeRawBufferPointer) -> Value
    mutating func array(_ elements: UnsafeBufferPointer<Value>) -> Value
    /// Keys and values by turns; of equal keys the last counts.
    mutating func object(_ pairs: UnsafeMutableBufferPointer<Value>) -> Value
}

/// Reads one JSON document into values, without recursion.
struct JSONLoader {
    private var reader: JSONReader
    /// Finished values of containers that are still open, and keys before their values.
    private var pending: ValueList
    /// For each open container where its first value is in `pending`; negative: an object.
    private var open: ValueList

    /// - Parameter scratch: holds what is unfinished; left dirty.
    init(_ bytes: UnsafeRawBufferPointer, depthLimit: Int, scratch: Arena) {
        reader = JSONReader(bytes, depthLimit: depthLimit)
        open = ValueList(scratch, capacity: 32, reserved: 0)
        pending = ValueList(scratch, capacity: 64, reserved: 0)
    }

    mutating func load(into sink: inout some JSONSink & ~Copyable) throws(JSONError) -> Value {
        while true {
            let token = try reader.next()
            let value: Value
            switch token {
            case .null: value = .null
            case .true: value = .true
            case .false: value = .false
            case .number: value = sink.number(reader.text)
            case .string, .key:
                value = sink.string(reader.text, hasEscapes: reader.hasEscapes)
            case .beginArray, .beginObject:
                open.append(Value(inline: Int64(pending.count)))
                continue
            case .endArray:
                value = sink.array(UnsafeBufferPointer(close()))
            case .endObject:
                value = sink.object(close())
            case .end:
                return pending.count == 1 ? pending.base[0] : .undefined
            }
            pending.append(value)
        }
    }

    private mutating func close() -> UnsafeMutableBufferPointer<Value> {
        let start = Int(open.base[open.count - 1].inlineInteger)
        open.setCount(open.count - 1)
        let count = pending.count - start
        pending.setCount(start)
        return UnsafeMutableBufferPointer(start: pending.base + start, count: count)
    }
}

/// Values of one evaluation.
struct ArenaSink: JSONSink {
    let arena: Arena
    /// Whether strings may point into the text that is read.
    let borrowsText: Bool

    func string(_ text: UnsafeRawBufferPointer, hasEscapes: Bool) -> Value {
        guard hasEscapes else {
            return borrowsText ? arena.string(borrowing: text) : arena.string(text)
        }
        let room = UnsafeMutableRawBufferPointer(
            start: arena.allocate(bytes: text.count), count: text.count)
        let count = JSONEscapes.resolve(text, to: room)
        return arena.string(borrowing: UnsafeRawBufferPointer(rebasing: room[..<count]))
    }

    func number(_ text: UnsafeRawBufferPointer) -> Value { arena.number(text: text) }

    func array(_ elements: UnsafeBufferPointer<Value>) -> Value {
        arena.array(count: elements.count) { elements[$0] }
    }

    func object(_ pairs: UnsafeMutableBufferPointer<Value>) -> Value {
        var builder = ObjectBuilder(arena, capacity: pairs.count / 2)
        for index in 0..<(pairs.count / 2) {
            builder.set(pairs[index * 2], pairs[index * 2 + 1])
        }
        return builder.finish()
    }
}

extension Arena {
    /// The value of a JSON document, copied into the arena.
    public func value(
        json: UnsafeRawBufferPointer, depthLimit: Int = 512
    ) throws(JSONError) -> Value {
        var sink = ArenaSink(arena: self, borrowsText: false)
        var loader = JSONLoader(json, depthLimit: depthLimit, scratch: self)
        return try loader.load(into: &sink)
    }

    /// The same, with strings that point into `json`, which must live until the evaluation ends.
    public func value(
        borrowingJSON json: UnsafeRawBufferPointer, depthLimit: Int = 512
    ) throws(JSONError) -> Value {
        var sink = ArenaSink(arena: self, borrowsText: true)
        var loader = JSONLoader(json, depthLimit: depthLimit, scratch: self)
        return try loader.load(into: &sink)
    }
}
