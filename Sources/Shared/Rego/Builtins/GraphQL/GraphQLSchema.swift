/// A schema ready to check queries against: types and directives by name, extensions applied.
struct GraphQLSchema {
    /// A type with everything its extensions added.
    struct TypeDefinition {
        let node: Value
        let kind: String
        let name: String
        let isBuiltIn: Bool
        var directives: [Value]
        var interfaces: [String]
        var fields: [Value]
        var types: [String]
        var enumValues: [Value]

        init(_ node: Value) {
            self.node = node
            kind = node.text("Kind")
            name = node.text("Name")
            isBuiltIn = node.part("BuiltIn").isTrue
            directives = Array(node.list("Directives"))
            interfaces = node.list("Interfaces").compactMap(\.string)
            fields = Array(node.list("Fields"))
            types = node.list("Types").compactMap(\.string)
            enumValues = Array(node.list("EnumValues"))
        }

        mutating func extend(_ other: TypeDefinition) {
            directives += other.directives
            interfaces += other.interfaces
            fields += other.fields
            types += other.types
            enumValues += other.enumValues
        }

        var isLeaf: Bool { kind == "ENUM" || kind == "SCALAR" }
        var isComposite: Bool { kind == "OBJECT" || kind == "INTERFACE" || kind == "UNION" }
        var isAbstract: Bool { kind == "INTERFACE" || kind == "UNION" }
        var isInput: Bool { kind == "SCALAR" || kind == "ENUM" || kind == "INPUT_OBJECT" }

        func field(_ name: String) -> Value? { fields.first { $0.text("Name") == name } }
    }

    private(set) var types: [String: TypeDefinition] = [:]
    private(set) var directives: [String: Value] = [:]
    /// The objects that an interface or a union can be.
    private(set) var possibleTypes: [String: Set<String>] = [:]
    private(set) var query: String?
    private(set) var mutation: String?
    private(set) var subscription: String?

    /// Checks the document and builds the schema from it and from the prelude.
    init(_ document: Value, _ arena: Arena) throws(GraphQLFault) {
        let prelude = try Self.prelude(arena)
        for part in [prelude, document] {
            for node in part.list("Definitions") { try declare(TypeDefinition(node)) }
        }
        for node in document.list("Extensions") { try extend(TypeDefinition(node)) }
        for part in [prelude, document] {
            for node in part.list("Directives") { try declare(directive: node) }
        }
        collectPossibleTypes()
        try readRoots(document)
        try GraphQLSchemaChecker(schema: self).check()
        addIntrospection(arena)
    }

    private static func prelude(_ arena: Arena) throws(GraphQLFault) -> Value {
        let text = GraphQLPrelude.text
        var parser = try GraphQLParser(text.span, arena)
        return try parser.schema(isBuiltIn: true)
    }

    func root(_ operation: String) -> TypeDefinition? {
        let name =
            operation == "mutation" ? mutation : operation == "subscription" ? subscription : query
        return name.flatMap { types[$0] }
    }

    private mutating func declare(_ type: TypeDefinition) throws(GraphQLFault) {
        guard types[type.name] == nil else {
            throw type.node.fault("Cannot redeclare type \(type.name).")
        }
        types[type.name] = type
    }

    /// Extending a type that is not there defines it.
    private mutating func extend(_ type: TypeDefinition) throws(GraphQLFault) {
        guard var base = types[type.name] else {
            types[type.name] = type
            return
        }
        guard base.kind == type.kind else {
            throw type.node.fault(
                "Cannot extend type \(type.name) because the base type is a \(base.kind), "
                    + "not \(type.kind).")
        }
        base.extend(type)
        types[type.name] = base
    }

    /// A schema may spell out the directives of the specification, nothing else twice.
    private mutating func declare(directive node: Value) throws(GraphQLFault) {
        let name = node.text("Name")
        let known = ["include", "skip", "deprecated", "specifiedBy", "defer", "oneOf"]
        guard directives[name] == nil || known.contains(name) else {
            throw node.fault("Cannot redeclare directive \(name).")
        }
        directives[name] = node
    }

    private mutating func collectPossibleTypes() {
        for (name, type) in types {
            switch type.kind {
            case "UNION":
                possibleTypes[name, default: []].formUnion(type.types)
            case "OBJECT":
                possibleTypes[name, default: []].insert(name)
                for interface in type.interfaces {
                    possibleTypes[interface, default: []].insert(name)
                }
            default:
                break
            }
        }
    }

    private mutating func readRoots(_ document: Value) throws(GraphQLFault) {
        let schemas = document.list("Schema")
        if schemas.count > 1 {
            throw schemas[1].fault(
                "Cannot have multiple schema entry points, consider schema extensions instead.")
        }
        for part in Array(schemas) + Array(document.list("SchemaExtension")) {
            for entry in part.list("OperationTypes") {
                let (operation, type) = (entry.text("Operation"), entry.text("Type"))
                guard types[type] != nil else {
                    throw entry.fault(
                        "Schema root \(operation) refers to a type \(type) that does not exist.")
                }
                switch operation {
                case "mutation": mutation = type
                case "subscription": subscription = type
                default: query = type
                }
            }
        }
        guard schemas.isEmpty else { return }
        if query == nil, types["Query"] != nil { query = "Query" }
        if mutation == nil, types["Mutation"] != nil { mutation = "Mutation" }
        if subscription == nil, types["Subscription"] != nil { subscription = "Subscription" }
    }

    /// `__schema` and `__type` on the query root.
    private mutating func addIntrospection(_ arena: Arena) {
        guard let query, var root = types[query] else { return }
        root.fields.append(Self.field("__schema", type: "__Schema", isRequired: true, [], arena))
        let name = Self.field("name", type: "String", isRequired: true, [], arena)
        root.fields.append(Self.field("__type", type: "__Type", isRequired: false, [name], arena))
        types[query] = root
    }

    static func field(
        _ name: String, type: String, isRequired: Bool, _ arguments: [Value], _ arena: Arena
    ) -> Value {
        var typeNode = GraphQLNode(arena)
        typeNode.set("NamedType", type)
        typeNode.set("NonNull", isRequired)
        var node = GraphQLNode(arena)
        node.set("Name", name)
        node.set("Type", typeNode.finish())
        node.set("Arguments", arguments)
        return node.finish()
    }
}
