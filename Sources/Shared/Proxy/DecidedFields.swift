public import Bytes
internal import HTTP
internal import Rego

/// Header fields in a decision: an object of names to a value or a list of values, or a list of
/// such objects (OPA's Envoy plugin). Whatever could not stand in a field line is left out.
public struct DecidedFields {
    private let fields: Value

    /// Framing and what ends at this hop is not policy's to set.
    private static let forbidden = FieldFilter()

    init(_ fields: Value) { self.fields = fields }

    /// Calls `body` with each name and value that are fit for a field line.
    public func each(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
        guard fields.isDefined else { return }
        if fields.isArray {
            let list = fields.array
            for index in 0..<list.count { Self.each(of: list[index], body) }
        } else {
            Self.each(of: fields, body)
        }
    }

    /// Appends all fields as HTTP/1.1 field lines.
    public func appendLines(to line: inout LineBuilder) {
        each { name, value in
            line.append(name.assumingMemoryBound(to: UInt8.self))
            line.append(": ")
            line.append(value.assumingMemoryBound(to: UInt8.self))
            line.append("\r\n")
        }
    }

    private static func each(
        of object: Value, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        let members = object.object
        for position in 0..<members.count {
            let name = members.key(at: position).stringBytes
            guard FieldText.isName(name), !forbidden.drops(name: name) else { continue }
            let value = members.value(at: position)
            if value.isArray {
                let list = value.array
                for index in 0..<list.count { pass(name, list[index], body) }
            } else {
                pass(name, value, body)
            }
        }
    }

    private static func pass(
        _ name: UnsafeRawBufferPointer, _ value: Value,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        guard value.isString, FieldText.isValue(value.stringBytes) else { return }
        body(name, value.stringBytes)
    }
}
