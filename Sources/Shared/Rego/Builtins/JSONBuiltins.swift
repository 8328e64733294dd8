internal import Bytes

/// `json.*` and `yaml.*`.
enum JSONBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("json.marshal") { context, arguments throws(BuiltinError) in
            context.arena.string(GoJSON.marshal(arguments[0]))
        },
        BuiltinEntry("json.marshal_with_options", marshalWithOptions),
        BuiltinEntry("json.unmarshal") { context, arguments throws(BuiltinError) in
            let text = try arguments.string(0)
            return try reporting { () throws(BuiltinFault) in
                try GoJSON.unmarshal(text, context)
            }
        },
        BuiltinEntry("json.is_valid") { _, arguments throws(BuiltinError) in
            Value(arguments[0].isString && GoJSON.isValid(arguments[0].stringBytes))
        },
        BuiltinEntry("json.filter", filter),
        BuiltinEntry("json.remove", remove),
        BuiltinEntry("json.patch", patch),
        BuiltinEntry("yaml.marshal", yamlMarshal),
        BuiltinEntry("yaml.unmarshal", yamlUnmarshal),
        BuiltinEntry("yaml.is_valid") { _, arguments throws(BuiltinError) in
            guard arguments[0].isString else { return .false }
            return Value((try? YAMLNode.json(Array(arguments[0].stringBytes))) != nil)
        },
    ]

    static func marshalWithOptions(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let options = try MarshalOptions(try arguments.object(1))
        let compact = GoJSON.marshal(arguments[0])
        guard options.isPretty else { return context.arena.string(compact) }
        var indenter = JSONIndenter(prefix: options.prefix, indent: options.indent)
        return context.arena.string(options.prefix + indenter.run(compact))
    }

    private struct MarshalOptions {
        var prefix: [UInt8] = []
        var indent = [ASCII.tab]
        var isPretty = false

        init(_ object: ObjectView) throws(BuiltinError) {
            var explicit: Bool?
            for index in 0..<object.count {
                let key = object.key(at: index)
                let value = object.value(at: index)
                guard let name = key.string else {
                    throw .operand(
                        "operand 2 failed to stringify key \(TermText.string(key)) at index "
                            + "\(index): operand \(index) must be string but got \(key.typeName)")
                }
                switch name {
                case "prefix", "indent":
                    guard value.isString else {
                        throw .operand(
                            "operand 2 key \(name) failed cast to string: operand \(index) must "
                                + "be string but got \(value.typeName)")
                    }
                    if name == "prefix" { prefix = Array(value.stringBytes) }
                    if name == "indent" { indent = Array(value.stringBytes) }
                    isPretty = true
                case "pretty":
                    guard let flag = value.boolean else {
                        throw .operand("operand 2 key \(name) failed cast to bool")
                    }
                    explicit = flag
                default:
                    throw .operand("operand 2 object contained unknown key \(name)")
                }
            }
            isPretty = explicit ?? isPretty
        }
    }

    static func filter(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        _ = try arguments.object(0)
        return try tree(context, arguments).filtering(arguments[0], context)
    }

    static func remove(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        _ = try arguments.object(0)
        return try tree(context, arguments).removing(from: arguments[0], context)
    }

    private static func tree(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> PathTree {
        let tree = PathTree()
        for path in try JSONPath.list(arguments, 1, context) {
            try context.spend(path.count)
            tree.insert(path)
        }
        return tree
    }

    static func patch(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let operations = try arguments.array(1)
        return try JSONPatch.apply(operations, to: arguments[0], context)
    }

    static func yamlUnmarshal(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let text = try arguments.string(0)
        let json: [UInt8]
        do throws(YAMLError) {
            json = try YAMLNode.json(Array(text))
        } catch {
            throw .failure(goText(error))
        }
        return try reporting { () throws(BuiltinFault) in
            try json.withRawBytes { bytes throws(BuiltinFault) in
                try GoJSON.unmarshal(bytes, context)
            }
        }
    }

    /// Go's YAML names the problem without its context, and counts the lines of grammatical
    /// faults from zero.
    private static func goText(_ error: YAMLError) -> String {
        var reason = Substring(error.reason)
        let isScanning = reason.hasPrefix("while scanning")
        if reason.hasPrefix("while "), let colon = reason.firstIndex(of: ":") {
            reason = reason[colon...].dropFirst(2)
        }
        let line = isScanning ? error.mark.line : error.mark.line - 1
        return line > 0 ? "yaml: line \(line): \(reason)" : "yaml: \(reason)"
    }

    static func yamlMarshal(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        var writer = YAMLText()
        try writer.document(arguments[0])
        return context.arena.string(writer.bytes)
    }
}
