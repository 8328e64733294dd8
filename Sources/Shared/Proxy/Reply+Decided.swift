public import HTTP
internal import Rego
public import Transport

extension Reply {
    /// Sets the fields that policy wants on the request in place of the client's, and removes those
    /// that it does not want. What `own` drops is the role's own to say.
    public func apply(_ permit: borrowing Permit, except own: FieldFilter) {
        guard permit.changesFields else { return }
        permit.requestFields.each { name, value in
            guard !own.drops(name: name) else { return }
            removeField(name)
            lines.append(name.assumingMemoryBound(to: UInt8.self))
            lines.append(": ")
            lines.append(value.assumingMemoryBound(to: UInt8.self))
            lines.append("\r\n")
        }
        for name in permit.removedFields.array.buffer where name.isString {
            removeField(name.stringBytes)
        }
    }
}
