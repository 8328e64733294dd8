internal import Bytes

extension JSONWriter {
    mutating func text(key name: String) {
        var name = name
        name.withUTF8 { key(UnsafeRawBufferPointer($0)) }
    }

    mutating func member(_ name: String, _ value: String) {
        text(key: name)
        string(value)
    }

    mutating func number(_ name: String, _ value: Int) {
        text(key: name)
        integer(Int64(value))
    }

    /// A member that is true.
    mutating func flag(_ name: String) {
        text(key: name)
        boolean(true)
    }

    mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
        text(key: name)
        beginObject()
        body(&self)
        endObject()
    }
}
