internal import Bytes
public import HTTP
internal import Rego
public import Transport

/// The query as policy wants it: `query_parameters_to_set` in place of what the client said, then
/// without `query_parameters_to_remove` (OPA's Envoy plugin, in Envoy's order). Names are compared
/// decoded, so that no other spelling of one gets by.
public struct QueryRewriter: ~Copyable {
    private let memory: UnsafeMutableBufferPointer<UInt8>

    private static let addedBytesMax = 16 << 10

    /// - Parameter targetBytesMax: of a request's target as it comes in.
    public init(targetBytesMax: Int) {
        memory = .allocate(capacity: targetBytesMax + Self.addedBytesMax)
    }

    deinit { memory.deallocate() }

    /// What goes out in place of the client's query, until the next request: nil when policy has
    /// nothing to say about it, and empty when nothing is left of it.
    public func rewrite(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ permit: borrowing Permit
    ) throws(Refusal) -> UnsafeRawBufferPointer? {
        let set = permit.setParameters
        let removed = permit.removedParameters
        guard set.isObject || removed.isArray else { return nil }
        var line = LineBuilder(memory)
        if let query = head.query {
            QueryParameters(query.slice(of: request.bytes)).each { parameter in
                guard !Self.isNamed(parameter, in: set, removed) else { return }
                Self.separate(&line)
                line.append(parameter.text.bindMemory(to: UInt8.self))
            }
        }
        if set.isObject { Self.append(set, except: removed, to: &line) }
        // More than any server takes.
        guard !line.isOverflowed else { throw .policyFailed }
        return UnsafeRawBufferPointer(line.bytes)
    }

    private static func isNamed(
        _ parameter: QueryParameters.Parameter, in set: Value, _ removed: Value
    ) -> Bool {
        if removed.isArray {
            for name in removed.array.buffer
            where name.isString && parameter.isNamed(name.stringBytes) { return true }
        }
        guard set.isObject else { return false }
        let members = set.object
        for position in 0..<members.count
        where parameter.isNamed(members.key(at: position).stringBytes) { return true }
        return false
    }

    private static func append(_ set: Value, except removed: Value, to line: inout LineBuilder) {
        let members = set.object
        for position in 0..<members.count {
            let name = members.key(at: position)
            guard name.isString else { continue }
            let isRemoved = removed.isArray && removed.array.buffer.contains { $0 == name }
            guard !isRemoved else { continue }
            let value = members.value(at: position)
            if value.isArray {
                for one in value.array.buffer { append(name, one, to: &line) }
            } else {
                append(name, value, to: &line)
            }
        }
    }

    private static func append(_ name: Value, _ value: Value, to line: inout LineBuilder) {
        guard value.isString else { return }
        separate(&line)
        append(name.stringBytes, to: &line)
        line.append(UInt8(ascii: "="))
        append(value.stringBytes, to: &line)
    }

    private static func append(_ text: UnsafeRawBufferPointer, to line: inout LineBuilder) {
        for byte in text {
            if Percent.needsEscape(byte, .query) {
                line.append(UInt8(ascii: "%"))
                line.append(Percent.upperDigit(byte >> 4))
                line.append(Percent.upperDigit(byte & 15))
            } else {
                line.append(byte)
            }
        }
    }

    private static func separate(_ line: inout LineBuilder) {
        if line.count > 0 { line.append(UInt8(ascii: "&")) }
    }
}
