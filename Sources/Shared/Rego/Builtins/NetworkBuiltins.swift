internal import Bytes

/// `net.*`.
enum NetworkBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("net.cidr_contains", contains),
        BuiltinEntry("net.cidr_overlap", contains),
        BuiltinEntry("net.cidr_intersects", intersects),
        BuiltinEntry("net.cidr_is_valid", isValid),
        BuiltinEntry("net.cidr_contains_matches", containsMatches),
        BuiltinEntry("net.cidr_expand", expand),
        BuiltinEntry("net.cidr_merge", merge),
        BuiltinEntry("net.lookup_ip_addr", lookup),
    ]

    private static func block(_ text: UnsafeRawBufferPointer) throws(BuiltinError) -> CIDR {
        if let block = CIDR.parse(text.utf8) { return block }
        return try reporting { () throws(BuiltinFault) in try CIDR(text.utf8) }
    }

    static func contains(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        try contains(arguments.string(0), string(arguments[1]))
    }

    private static func string(_ value: Value) throws(BuiltinError) -> UnsafeRawBufferPointer {
        guard value.isString else {
            // OPA names the first operand here whichever it is.
            throw .operand("operand 1 must be string but got \(value.typeName)")
        }
        return value.stringBytes
    }

    private static func contains(
        _ outer: UnsafeRawBufferPointer, _ inner: UnsafeRawBufferPointer
    ) throws(BuiltinError) -> Value {
        let block = try block(outer)
        if let address = IPAddress(inner.utf8) { return Value(block.contains(address)) }
        guard let other = CIDR.parse(inner.utf8) else {
            throw .failure(
                "not a valid textual representation of an IP address or CIDR: "
                    + String(decoding: inner, as: UTF8.self))
        }
        return Value(block.contains(other))
    }

    static func intersects(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let left = try block(arguments.string(0))
        let right = try block(string(arguments[1]))
        return Value(left.contains(right.first) || right.contains(left.first))
    }

    static func isValid(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        guard arguments[0].isString else { return .false }
        return Value(CIDR.parse(arguments[0].stringBytes.utf8) != nil)
    }

    static func containsMatches(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        var builder = SetBuilder(context.arena)
        for outer in 0..<(arguments[0].collectionCount ?? 1) {
            guard let first = try entry(arguments[0], outer, operand: 1, context) else { break }
            for inner in 0..<(arguments[1].collectionCount ?? 1) {
                try context.spend(1)
                guard let second = try entry(arguments[1], inner, operand: 2, context) else {
                    break
                }
                let isMatch = try contains(string(first.cidr), string(second.cidr))
                if isMatch.isTrue { builder.insert(context.arena.array(first.key, second.key)) }
            }
        }
        return builder.finish()
    }

    /// The block at a position of an operand, and what names it in the result.
    private static func entry(
        _ value: Value, _ position: Int, operand: Int, _ context: BuiltinContext
    ) throws(BuiltinError) -> (cidr: Value, key: Value)? {
        switch value.kind {
        case .string:
            return (value, value)
        case .array:
            let key = context.arena.number(position)
            return (try element(value.array[position], operand), key)
        case .set:
            return (try element(value.set[position], operand), value.set[position])
        case .object:
            let object = value.object
            return (try element(object.value(at: position), operand), object.key(at: position))
        case .undefined, .null, .boolean, .number:
            return nil
        }
    }

    private static func element(_ value: Value, _ operand: Int) throws(BuiltinError) -> Value {
        if value.isString { return value }
        if value.isArray, value.array.count > 0 { return value.array[0] }
        throw .failure("operand \(operand): element must be string or non-empty array")
    }

    static func expand(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let block = try block(arguments.string(0))
        var builder = SetBuilder(context.arena)
        var bits = block.first.bits
        var text: [UInt8] = []
        while true {
            try context.spend(4)
            text.removeAll(keepingCapacity: true)
            IPAddress(bits: bits).append(to: &text)
            builder.insert(context.arena.string(text))
            if bits == block.last.bits { break }
            bits &+= 1
        }
        return builder.finish()
    }

    static func merge(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let value = arguments[0]
        guard value.isArray || value.isSet else { throw .failure("operand must be an array") }
        let elements = value.isArray ? value.array.buffer : value.set.buffer
        try context.spend(elements.count * 8)
        var merge = CIDRMerge()
        for element in elements {
            guard element.isString else { throw .failure("element must be string") }
            do throws(BuiltinFault) {
                try merge.add(element.stringBytes.utf8)
            } catch {
                throw BuiltinError(error)
            }
        }
        var builder = SetBuilder(context.arena)
        for text in merge.merged() { builder.insert(context.arena.string(text)) }
        return builder.finish()
    }

    /// A literal address is its own answer; names are looked up by the host, if it grants that.
    static func lookup(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let name = try arguments.string(0)
        if let address = IPAddress(name.utf8) {
            var builder = SetBuilder(context.arena)
            builder.insert(context.arena.string(address.text))
            return builder.finish()
        }
        let text = String(decoding: name, as: UTF8.self)
        if text == "localhost" {
            // RFC 6761 §6.3: always the loopback address, whatever a resolver says.
            var builder = SetBuilder(context.arena)
            builder.insert(context.arena.string("127.0.0.1"))
            return builder.finish()
        }
        guard let resolve = context.host.lookupAddresses, let found = resolve(text) else {
            throw .failure("lookup \(text): no such host")
        }
        var builder = SetBuilder(context.arena)
        for address in found { builder.insert(context.arena.string(address)) }
        return builder.finish()
    }
}
