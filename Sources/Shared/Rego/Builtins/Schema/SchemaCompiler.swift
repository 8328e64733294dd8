/// Turns a schema document into nodes.
struct SchemaCompiler {
    /// How deep schemas may nest, references included.
    static let depthMax = 512

    /// Where a schema stands in its document.
    struct Place {
        /// The address that relative references are relative to.
        var base: String
        var draft: SchemaDraft
        var depth: Int

        func deeper() -> Place { Place(base: base, draft: draft, depth: depth + 1) }
    }

    var nodes: [SchemaNode] = []
    var resources: SchemaResources
    /// The nodes of references that were met before.
    private var targets: [String: SchemaNode.Number] = [:]
    private let context: BuiltinContext

    static func compile(
        _ document: Value, _ context: BuiltinContext
    ) throws(BuiltinError) -> Schema {
        var compiler = try SchemaCompiler(document, context)
        let place = Place(
            base: compiler.resources.rootAddress, draft: compiler.resources.draft, depth: 0)
        _ = try compiler.node(document, place)
        return Schema(nodes: compiler.nodes)
    }

    private init(_ document: Value, _ context: BuiltinContext) throws(BuiltinError) {
        self.context = context
        resources = try reporting { () throws(BuiltinFault) in
            try SchemaResources(document)
        }
    }

    /// Compiles a schema and tells its number.
    mutating func node(_ schema: Value, _ place: Place) throws(BuiltinError) -> SchemaNode.Number {
        let number = nodes.count
        nodes.append(SchemaNode())
        nodes[number] = try compiled(schema, place, number)
        return number
    }

    private mutating func compiled(
        _ schema: Value, _ place: Place, _ number: SchemaNode.Number
    ) throws(BuiltinError) -> SchemaNode {
        try context.spend(8)
        guard place.depth < Self.depthMax else {
            throw .failure("schema is nested too deeply")
        }
        let node = SchemaNode()
        if let verdict = schema.boolean, place.draft.isAtLeast(.draft6) {
            node.verdict = verdict
            return node
        }
        guard schema.isObject else { throw BuiltinError(SchemaFault.noSchema) }
        let keywords = SchemaKeywords(schema.object)
        var inner = place.deeper()
        try reporting { () throws(BuiltinFault) in
            if let id = try keywords.identifier(place.draft) {
                inner.base = SchemaAddress.resolve(id, against: place.base)
            }
            _ = try keywords.text("title")
            _ = try keywords.text("description")
        }
        try compileDefinitions(keywords, inner)
        let reference = try reporting { () throws(BuiltinFault) in try keywords.text("$ref") }
        if let reference {
            node.reference = try target(
                SchemaAddress.resolve(reference, against: inner.base), inner, number)
            return node
        }
        try reporting { () throws(BuiltinFault) in
            try keywords.readTypes(into: node)
            try keywords.readNumbers(into: node, place.draft)
            try keywords.readTexts(into: node)
            try keywords.readSizes(into: node)
            try keywords.readValues(into: node, place.draft)
        }
        try compileObjectParts(keywords, inner, into: node)
        try compileArrayParts(keywords, inner, into: node)
        try compileCombinations(keywords, inner, into: node)
        return node
    }

    /// The node that a reference stands for; compiled when it is first met.
    private mutating func target(
        _ address: String, _ place: Place, _ referrer: SchemaNode.Number
    ) throws(BuiltinError) -> SchemaNode.Number {
        if let known = targets[address] { return known }
        let found = try reporting { () throws(BuiltinFault) in try resources.find(address) }
        let number = nodes.count
        nodes.append(SchemaNode())
        targets[address] = number
        guard found.schema.isObject || found.schema.isBoolean else {
            throw BuiltinError(SchemaFault.mustBeOfType("schema", "object"))
        }
        var inner = place.deeper()
        inner.base = found.base
        nodes[number] = try compiled(found.schema, inner, number)
        return number
    }
}

/// The parts of a schema that are schemas.
extension SchemaCompiler {
    private mutating func compileDefinitions(
        _ keywords: SchemaKeywords, _ place: Place
    ) throws(BuiltinError) {
        guard let definitions = keywords["definitions"] else { return }
        let fault = SchemaFault.type(expected: "array of schemas", given: "definitions")
        guard definitions.isObject else { throw BuiltinError(fault) }
        for index in 0..<definitions.object.count {
            let definition = definitions.object.value(at: index)
            guard definition.isObject || definition.isBoolean else { throw BuiltinError(fault) }
            _ = try node(definition, place)
        }
    }

    private mutating func compileObjectParts(
        _ keywords: SchemaKeywords, _ place: Place, into node: SchemaNode
    ) throws(BuiltinError) {
        if let properties = keywords["properties"] {
            guard properties.isObject else {
                throw BuiltinError(SchemaFault.mustBeOfType("properties", "object"))
            }
            for index in 0..<properties.object.count {
                let name = SchemaText.name(properties.object.key(at: index))
                node.properties.append(
                    (name, try self.node(properties.object.value(at: index), place)))
            }
        }
        node.additionalProperties = try rest(keywords, "additionalProperties", place)
        if let patterns = keywords["patternProperties"] {
            guard patterns.isObject else {
                throw BuiltinError(
                    SchemaFault.type(expected: "schema", given: "patternProperties"))
            }
            for index in 0..<patterns.object.count {
                let text = SchemaText.name(patterns.object.key(at: index))
                guard let regex = try? Regex(Array(text.utf8).span) else {
                    throw .failure("Invalid regex pattern '\(text)'")
                }
                let number = try self.node(patterns.object.value(at: index), place)
                node.patternProperties.append((.init(text: text, regex: regex), number))
            }
        }
        if place.draft.isAtLeast(.draft6), let names = keywords["propertyNames"] {
            guard names.isObject || names.isBoolean else {
                throw BuiltinError(
                    SchemaFault.type(expected: "schema", given: "patternProperties"))
            }
            node.propertyNames = try self.node(names, place)
        }
        try compileDependencies(keywords, place, into: node)
    }

    private mutating func compileDependencies(
        _ keywords: SchemaKeywords, _ place: Place, into node: SchemaNode
    ) throws(BuiltinError) {
        guard let dependencies = keywords["dependencies"] else { return }
        guard dependencies.isObject else {
            throw BuiltinError(SchemaFault.mustBeOfType("dependencies", "object"))
        }
        let fault = SchemaFault.mustBeOfType("dependency", "schema or array of strings")
        for index in 0..<dependencies.object.count {
            let name = SchemaText.name(dependencies.object.key(at: index))
            let value = dependencies.object.value(at: index)
            if value.isArray {
                let names = value.array.buffer.compactMap(\.string)
                guard names.count == value.array.count else { throw BuiltinError(fault) }
                node.dependencies.append((name, .properties(names)))
            } else if value.isObject || value.isBoolean {
                node.dependencies.append((name, .matching(try self.node(value, place))))
            } else {
                throw BuiltinError(fault)
            }
        }
    }

    private mutating func compileArrayParts(
        _ keywords: SchemaKeywords, _ place: Place, into node: SchemaNode
    ) throws(BuiltinError) {
        if let items = keywords["items"] {
            let fault = SchemaFault.type(expected: "schema/array of schemas", given: "items")
            if items.isArray {
                var numbers: [SchemaNode.Number] = []
                for item in items.array.buffer {
                    guard item.isObject || item.isBoolean else { throw BuiltinError(fault) }
                    numbers.append(try self.node(item, place))
                }
                node.items = .positions(numbers)
            } else if items.isObject || items.isBoolean {
                node.items = .each(try self.node(items, place))
            } else {
                throw BuiltinError(fault)
            }
        }
        node.additionalItems = try rest(keywords, "additionalItems", place)
        if place.draft.isAtLeast(.draft6), let contains = keywords["contains"] {
            node.contains = try self.node(contains, place)
        }
    }

    private mutating func rest(
        _ keywords: SchemaKeywords, _ key: StaticString, _ place: Place
    ) throws(BuiltinError) -> SchemaNode.Rest {
        guard let value = keywords[key] else { return .allowed }
        if let isAllowed = value.boolean { return isAllowed ? .allowed : .refused }
        guard value.isObject else {
            throw BuiltinError(SchemaFault.type(expected: "boolean/schema", given: "\(key)"))
        }
        return .matching(try node(value, place))
    }

    private mutating func compileCombinations(
        _ keywords: SchemaKeywords, _ place: Place, into node: SchemaNode
    ) throws(BuiltinError) {
        node.oneOf = try list(keywords, "oneOf", place)
        node.anyOf = try list(keywords, "anyOf", place)
        node.allOf = try list(keywords, "allOf", place)
        node.not = try single(keywords, "not", place)
        guard place.draft.isAtLeast(.draft7) else { return }
        node.condition = try single(keywords, "if", place)
        node.consequence = try single(keywords, "then", place)
        node.alternative = try single(keywords, "else", place)
    }

    private mutating func list(
        _ keywords: SchemaKeywords, _ key: StaticString, _ place: Place
    ) throws(BuiltinError) -> [SchemaNode.Number] {
        let list = try reporting { () throws(BuiltinFault) in try keywords.list(key) }
        var numbers: [SchemaNode.Number] = []
        for schema in list { numbers.append(try node(schema, place)) }
        return numbers
    }

    private mutating func single(
        _ keywords: SchemaKeywords, _ key: StaticString, _ place: Place
    ) throws(BuiltinError) -> SchemaNode.Number? {
        guard let schema = keywords[key] else { return nil }
        guard schema.isObject || schema.isBoolean else {
            throw BuiltinError(SchemaFault.mustBeOfAn("\(key)", "object"))
        }
        return try node(schema, place)
    }
}
