internal import Bytes

extension SyntaxTreeWriter {
    /// The JSON text of a value without its type: members and elements are terms, with theirs.
    static func json(_ value: Value) -> [UInt8] {
        var json = JSONWriter()
        write(value, to: &json)
        return json.bytes
    }

    private static func write(_ value: Value, to json: inout JSONWriter) {
        switch value.kind {
        case .undefined, .null:
            json.beginObject()
            json.endObject()
        case .boolean, .number, .string: value.write(to: &json)
        case .array: write(value.array.buffer, to: &json)
        case .set: write(value.set.buffer, to: &json)
        case .object:
            json.beginArray()
            for position in 0..<value.object.count {
                json.beginArray()
                term(value.object.key(at: position), to: &json)
                term(value.object.value(at: position), to: &json)
                json.endArray()
            }
            json.endArray()
        }
    }

    private static func write(_ values: UnsafeBufferPointer<Value>, to json: inout JSONWriter) {
        json.beginArray()
        for value in values { term(value, to: &json) }
        json.endArray()
    }

    private static func term(_ value: Value, to json: inout JSONWriter) {
        json.beginObject()
        json.key("type")
        json.string(value.typeName)
        json.key("value")
        write(value, to: &json)
        json.endObject()
    }
}
