public import Bytes

extension Value {
    /// Writes the value as JSON, as OPA answers it: sets as arrays in order, object keys that are
    /// no strings as their JSON text, numbers as they are spelt. Undefined writes `null`.
    public func write(to writer: inout JSONWriter) { write(to: &writer, depth: 0) }

    private func write(to writer: inout JSONWriter, depth: Int) {
        switch kind {
        case .undefined, .null: writer.null()
        case .boolean: writer.boolean(isTrue)
        case .number:
            if has(.integer) {
                writer.integer(inlineInteger)
            } else if let text = storedText {
                writer.raw(UnsafeRawBufferPointer(text))
            }
        case .string:
            let text = stringBytes
            // What is given up is not used: the evaluation ends.
            guard Work.spend(Work.units(bytes: text.count)) else { return writer.null() }
            writer.string(text)
        case .array: Self.write(array.buffer, to: &writer, depth)
        case .set: Self.write(set.buffer, to: &writer, depth)
        case .object:
            writer.beginObject()
            if Work.spend(object.count, depth: depth) {
                for position in 0..<object.count {
                    Self.writeKey(object.key(at: position), to: &writer, depth)
                    object.value(at: position).write(to: &writer, depth: depth &+ 1)
                }
            }
            writer.endObject()
        }
    }

    private static func write(
        _ values: UnsafeBufferPointer<Value>, to writer: inout JSONWriter, _ depth: Int
    ) {
        writer.beginArray()
        if Work.spend(values.count, depth: depth) {
            for value in values { value.write(to: &writer, depth: depth &+ 1) }
        }
        writer.endArray()
    }

    private static func writeKey(_ key: Value, to writer: inout JSONWriter, _ depth: Int) {
        if key.isString { return writer.key(key.stringBytes) }
        var text = JSONWriter()
        key.write(to: &text, depth: depth &+ 1)
        text.bytes.withUnsafeBytes { writer.key($0) }
    }

    /// The value's JSON text.
    public func json() -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        write(to: &writer)
        return writer.bytes
    }
}
