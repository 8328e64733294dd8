public import Bytes

extension Value {
    /// Writes the value as JSON, as OPA answers it: sets as arrays in order, object keys that are
    /// no strings as their JSON text, numbers as they are spelt. Undefined writes `null`.
    public func write(to writer: inout JSONWriter) {
        switch kind {
        case .undefined, .null: writer.null()
        case .boolean: writer.boolean(isTrue)
        case .number:
            if has(.integer) {
                writer.integer(inlineInteger)
            } else if let text = storedText {
                writer.raw(UnsafeRawBufferPointer(text))
            }
        case .string: writer.string(stringBytes)
        case .array: Self.write(array.buffer, to: &writer)
        case .set: Self.write(set.buffer, to: &writer)
        case .object:
            writer.beginObject()
            for position in 0..<object.count {
                Self.writeKey(object.key(at: position), to: &writer)
                object.value(at: position).write(to: &writer)
            }
            writer.endObject()
        }
    }

    private static func write(_ values: UnsafeBufferPointer<Value>, to writer: inout JSONWriter) {
        writer.beginArray()
        for value in values { value.write(to: &writer) }
        writer.endArray()
    }

    private static func writeKey(_ key: Value, to writer: inout JSONWriter) {
        if key.isString { return writer.key(key.stringBytes) }
        var text = JSONWriter()
        key.write(to: &text)
        text.bytes.withUnsafeBytes { writer.key($0) }
    }

    /// The value's JSON text.
    public func json() -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        write(to: &writer)
        return writer.bytes
    }
}
