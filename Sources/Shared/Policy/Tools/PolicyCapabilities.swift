internal import Bytes
internal import Rego

/// What policies may use, as `opa capabilities --current` prints it: the builtin functions with
/// their types, the keywords that must be imported, and the features of the language.
public struct PolicyCapabilities: Sendable {
    private let isV0: Bool

    /// - Parameter isV0: the language is that before OPA 1.0.
    public init(isV0: Bool = false) {
        self.isV0 = isV0
    }

    /// The names of the builtins that a capabilities file lists.
    public static func builtins(
        in text: [UInt8], path: String
    ) throws(BundleError) -> Set<String> {
        let freezer = Freezer()
        let file: Value
        do throws(BundleError) {
            file = try DataFile.json(text, path: path, freezer)
        } catch .data(_, let reason) {
            throw .refused(path: path, reason: "no capabilities file: \(reason)")
        }
        return try withExtendedLifetime(freezer) { () throws(BundleError) in
            let builtins = file.member("builtins")
            let names = builtins.isArray ? builtins.array.buffer.map { $0.member("name") } : []
            guard !names.isEmpty, names.allSatisfy(\.isString) else {
                throw .refused(
                    path: path,
                    reason: "no capabilities file: it has no builtins; "
                        + "sluice policy capabilities prints one")
            }
            return Set(names.compactMap(\.string))
        }
    }

    /// The keywords that `import future.keywords` may name to some effect.
    var futureKeywords: [String] {
        isV0 ? ["contains", "every", "if", "in", "not"] : ["not"]
    }

    /// The features by the names that OPA gives them.
    var features: [String] {
        let always = ["keywords_in_refs", "rego_v1"]
        let before = ["rego_v1_import", "rule_head_ref_string_prefixes", "rule_head_refs"]
        return always + (isV0 ? before : []) + ["template_strings"]
    }

    /// The JSON text with its last line end. Wasm is not supported, so no version of its interface
    /// is listed.
    public var json: [UInt8] {
        var writer = JSONWriter(capacity: 128 << 10)
        writer.beginObject()
        writer.key("builtins")
        writer.beginArray()
        let builtins = BuiltinDeclarations.all.sorted {
            $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
        }
        for builtin in builtins { writer.builtin(builtin) }
        writer.endArray()
        writer.key("future_keywords")
        writer.strings(futureKeywords)
        writer.key("features")
        writer.strings(features)
        writer.endObject()
        return IndentedJSON.format(writer.bytes) + [ASCII.lineFeed]
    }
}

extension JSONWriter {
    mutating func strings(_ texts: [String]) {
        beginArray()
        for text in texts { string(text) }
        endArray()
    }

    fileprivate mutating func builtin(_ builtin: BuiltinDeclaration) {
        beginObject()
        key("name")
        string(builtin.name)
        key("decl")
        function(
            builtin.arguments, result: builtin.result,
            variadic: builtin.isVariadic ? .any : nil)
        if let infix = builtin.infix {
            key("infix")
            string(infix)
        }
        if builtin.isRelation {
            key("relation")
            boolean(true)
        }
        if builtin.isNondeterministic {
            key("nondeterministic")
            boolean(true)
        }
        endObject()
    }

    /// Members are in the order of their names, as OPA has them.
    private mutating func function(
        _ arguments: [RegoType], result: RegoType?, variadic: RegoType?
    ) {
        beginObject()
        if !arguments.isEmpty {
            key("args")
            types(arguments)
        }
        if let result {
            key("result")
            type(result)
        }
        key("type")
        string("function" as StaticString)
        if let variadic {
            key("variadic")
            type(variadic)
        }
        endObject()
    }

    private mutating func types(_ types: [RegoType]) {
        beginArray()
        for member in types { type(member) }
        endArray()
    }

    private mutating func type(_ type: RegoType) {
        switch type {
        case .null: named("null") { _ in }
        case .boolean: named("boolean") { _ in }
        case .number: named("number") { _ in }
        case .string: named("string") { _ in }
        case .array(let elements, let rest):
            named("array") { writer in
                if let rest {
                    writer.key("dynamic")
                    writer.type(rest)
                }
                if !elements.isEmpty {
                    writer.key("static")
                    writer.types(elements)
                }
            }
        case .object(let properties, let rest): object(properties, rest)
        case .set(let member):
            named("set") { writer in
                writer.key("of")
                writer.type(member)
            }
        case .union(let members):
            named("any") { writer in
                guard !members.isEmpty else { return }
                writer.key("of")
                writer.types(members)
            }
        case .function(let arguments, let result):
            function(arguments, result: result, variadic: nil)
        case .unknown: named("any") { _ in }
        }
    }

    private mutating func object(_ properties: [TypeProperty], _ rest: TypeRest?) {
        named("object") { writer in
            if let rest {
                writer.key("dynamic")
                writer.pair { $0.type(rest.key) } value: { $0.type(rest.value) }
            }
            guard !properties.isEmpty else { return }
            writer.key("static")
            writer.beginArray()
            for property in properties {
                writer.pair { $0.constant(property.key) } value: { $0.type(property.type) }
            }
            writer.endArray()
        }
    }

    private mutating func pair(
        _ key: (inout JSONWriter) -> Void, value: (inout JSONWriter) -> Void
    ) {
        beginObject()
        self.key("key")
        key(&self)
        self.key("value")
        value(&self)
        endObject()
    }

    private mutating func constant(_ key: TypeKey) {
        switch key {
        case .null: null()
        case .boolean(let value): boolean(value)
        case .number(var text): text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
        case .string(let text): string(text)
        }
    }

    /// An object whose last member is the type's name.
    private mutating func named(_ name: StaticString, _ members: (inout JSONWriter) -> Void) {
        beginObject()
        members(&self)
        key("type")
        string(name)
        endObject()
    }
}
