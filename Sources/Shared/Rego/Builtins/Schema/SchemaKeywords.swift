/// The keywords of one schema object, read and checked.
struct SchemaKeywords {
    private let object: ObjectView

    init(_ object: ObjectView) { self.object = object }

    subscript(key: StaticString) -> Value? {
        let value = object[key]
        return value.isDefined ? value : nil
    }

    func text(_ key: StaticString) throws(BuiltinFault) -> String? {
        guard let value = self[key] else { return nil }
        guard let text = value.string else {
            throw SchemaFault.type(expected: "string", given: "\(key)")
        }
        return text
    }

    func list(_ key: StaticString) throws(BuiltinFault) -> [Value] {
        guard let value = self[key] else { return [] }
        if value.isSet { return Array(value.set.buffer) }
        guard value.isArray else { throw SchemaFault.mustBeOfAn("\(key)", "array") }
        return Array(value.array.buffer)
    }

    /// Draft 4 calls it `id`, later drafts `$id`; a schema that names no draft may have either.
    func identifier(_ draft: SchemaDraft) throws(BuiltinFault) -> String? {
        switch draft {
        case .draft4: return try text("id")
        case .hybrid: return self["id"] == nil ? try text("$id") : try text("id")
        default: return try text("$id")
        }
    }

    func readTypes(into node: SchemaNode) throws(BuiltinFault) {
        guard let value = self["type"] else { return }
        // gojsonschema has these two the wrong way round.
        let fault = SchemaFault.type(expected: "type", given: "string/array of strings")
        guard value.isString || value.isArray || value.isSet else { throw fault }
        for element in value.isString ? [value] : try list("type") {
            guard let name = element.string else { throw fault }
            guard SchemaFault.known.contains(name) else { throw SchemaFault.unknownType(name) }
            guard !node.types.contains(name) else { throw SchemaFault.duplicateType(name) }
            node.types.append(name)
        }
    }

    func readNumbers(
        into node: SchemaNode, _ draft: SchemaDraft
    ) throws(BuiltinFault) {
        if let value = self["multipleOf"] {
            guard let number = SchemaNumber(value) else {
                throw SchemaFault.type(expected: "number", given: "multipleOf")
            }
            guard number.isPositive else {
                throw BuiltinFault("multipleOf must be strictly greater than 0")
            }
            node.multipleOf = number
        }
        (node.minimum, node.exclusiveMinimum) = try bound("minimum", "exclusiveMinimum", draft)
        (node.maximum, node.exclusiveMaximum) = try bound("maximum", "exclusiveMaximum", draft)
    }

    /// A bound and its exclusive form, which is a flag in draft 4 and a number later.
    private func bound(
        _ key: StaticString, _ exclusiveKey: StaticString, _ draft: SchemaDraft
    ) throws(BuiltinFault) -> (SchemaNumber?, SchemaNumber?) {
        var bound: SchemaNumber?
        if let value = self[key] {
            guard let number = SchemaNumber(value) else {
                throw SchemaFault.mustBeOfA("\(key)", "number")
            }
            bound = number
        }
        guard let value = self[exclusiveKey] else { return (bound, nil) }
        if let isExclusive = value.boolean, draft == .draft4 || draft == .hybrid {
            guard bound != nil else { throw SchemaFault.needs("\(exclusiveKey)", "\(key)") }
            return isExclusive ? (nil, bound) : (bound, nil)
        }
        if draft != .draft4, let number = SchemaNumber(value) { return (bound, number) }
        let expected =
            switch draft {
            case .draft4: "boolean"
            case .hybrid: "boolean/number"
            default: "number"
            }
        throw SchemaFault.type(expected: expected, given: "\(exclusiveKey)")
    }

    func readTexts(into node: SchemaNode) throws(BuiltinFault) {
        node.lengthMin = try size("minLength")
        node.lengthMax = try size("maxLength")
        if let min = node.lengthMin, let max = node.lengthMax, min > max {
            throw SchemaFault.greater("minLength", than: "maxLength")
        }
        if let pattern = try text("pattern") {
            guard let regex = try? Regex(Array(pattern.utf8).span) else {
                throw BuiltinFault("pattern must be a valid regex")
            }
            node.pattern = .init(text: pattern, regex: regex)
        }
        node.format = try text("format")
    }

    func readSizes(into node: SchemaNode) throws(BuiltinFault) {
        node.propertiesMin = try size("minProperties")
        node.propertiesMax = try size("maxProperties")
        if let min = node.propertiesMin, let max = node.propertiesMax, min > max {
            throw SchemaFault.greater("minProperties", than: "maxProperties")
        }
        for element in try list("required") {
            guard let name = element.string else {
                throw SchemaFault.type(expected: "string", given: "required")
            }
            guard !node.required.contains(name) else { throw SchemaFault.notUnique("required") }
            node.required.append(name)
        }
        node.itemsMin = try size("minItems")
        node.itemsMax = try size("maxItems")
        if let unique = self["uniqueItems"] {
            guard let flag = unique.boolean else {
                throw SchemaFault.mustBeOfA("uniqueItems", "boolean")
            }
            node.uniqueItems = flag
        }
    }

    func readValues(
        into node: SchemaNode, _ draft: SchemaDraft
    ) throws(BuiltinFault) {
        if draft.isAtLeast(.draft6), let constant = self["const"] {
            node.constant = CanonicalJSON.text(constant)
        }
        guard self["enum"] != nil else { return }
        var texts: [[UInt8]] = []
        var seen: Set<[UInt8]> = []
        for value in try list("enum") {
            let text = CanonicalJSON.text(value)
            guard seen.insert(text).inserted else { throw SchemaFault.notUnique("enum") }
            texts.append(text)
        }
        node.enumeration = texts
    }

    private func size(_ key: StaticString) throws(BuiltinFault) -> Int? {
        guard let value = self[key] else { return nil }
        guard value.isNumber, let integer = value.bigInteger else {
            throw SchemaFault.mustBeOfAn("\(key)", "integer")
        }
        guard integer.sign == .plus || integer == 0 else { throw SchemaFault.negative("\(key)") }
        return Int(exactly: integer) ?? .max
    }
}
