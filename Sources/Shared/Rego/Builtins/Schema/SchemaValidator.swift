/// Checks documents against a schema.
struct SchemaValidator {
    /// How deep schemas may apply to one document; references that never come to an end reach it.
    static let depthMax = 512

    let schema: Schema
    let context: BuiltinContext
    private var depth = 0

    init(_ schema: Schema, _ context: BuiltinContext) {
        self.schema = schema
        self.context = context
    }

    mutating func issues(of document: Value) throws(BuiltinError) -> [SchemaResult.Issue] {
        try check(document, Schema.root, SchemaPath()).issues
    }

    /// The result of one schema on its own.
    mutating func check(
        _ value: Value, _ number: SchemaNode.Number, _ path: SchemaPath
    ) throws(BuiltinError) -> SchemaResult {
        var result = SchemaResult()
        try validate(value, number, path, &result)
        return result
    }

    mutating func validate(
        _ value: Value, _ number: SchemaNode.Number, _ path: SchemaPath,
        _ result: inout SchemaResult
    ) throws(BuiltinError) {
        try context.spend(16)
        guard depth < Self.depthMax else { throw .failure("schema recursion is too deep") }
        depth += 1
        defer { depth -= 1 }
        let node = schema.nodes[number]
        if let verdict = node.verdict {
            if !verdict { result.add("false", path, "False always fails validation") }
            return
        }
        if let reference = node.reference {
            return try validate(value, reference, path, &result)
        }
        guard hasType(value, node, path, &result) else { return }
        try combine(value, node, path, &result)
        switch value.kind {
        case .number: checkNumber(value, node, path, &result)
        case .string: checkString(value, node, path, &result)
        case .array, .set: try checkArray(value, node, path, &result)
        case .object: try checkObject(value, node, path, &result)
        default: break
        }
        checkCommon(value, node, path, &result)
        if value.isObject { try checkProperties(value.object, node, path, &result) }
        result.score += 1
    }

    private func hasType(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) -> Bool {
        guard !node.types.isEmpty else { return true }
        let given = Self.typeName(value)
        if node.types.contains(given) { return true }
        if given == "integer", node.types.contains("number") { return true }
        let expected =
            node.types.count > 1
            ? "[\(node.types.joined(separator: ","))]" : node.types.joined()
        result.add(
            "invalid_type", path, "Invalid type. Expected: \(expected), given: \(given)")
        return false
    }

    private static func typeName(_ value: Value) -> String {
        switch value.kind {
        case .undefined, .null: "null"
        case .boolean: "boolean"
        case .number: value.bigInteger == nil ? "number" : "integer"
        case .string: "string"
        case .array, .set: "array"
        case .object: "object"
        }
    }

    private func checkCommon(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) {
        if node.constant != nil || node.enumeration != nil {
            let text = CanonicalJSON.text(value)
            if let constant = node.constant, constant != text {
                let allowed = String(decoding: constant, as: UTF8.self)
                result.add("const", path, "\(field(path)) does not match: \(allowed)")
            }
            if let enumeration = node.enumeration, !enumeration.contains(text) {
                let allowed = enumeration.map { String(decoding: $0, as: UTF8.self) }
                let list = allowed.isEmpty ? "(none)" : allowed.joined(separator: ", ")
                result.add(
                    "enum", path, "\(field(path)) must be one of the following: \(list)")
            }
        }
        if let format = node.format, value.isString, !SchemaFormat.matches(value, format) {
            result.add("format", path, "Does not match format '\(format)'")
        }
        result.score += 1
    }

    private func field(_ path: SchemaPath) -> String {
        SchemaResult.Issue(type: "", context: path.text, text: "").field
    }

    private func checkNumber(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) {
        if let divisor = node.multipleOf, !divisor.divides(value) {
            result.add("multiple_of", path, "Must be a multiple of \(divisor.text)")
        }
        if let max = node.maximum, max.order(of: value) > 0 {
            result.add("number_lte", path, "Must be less than or equal to \(max.text)")
        }
        if let max = node.exclusiveMaximum, max.order(of: value) >= 0 {
            result.add("number_lt", path, "Must be less than \(max.text)")
        }
        if let min = node.minimum, min.order(of: value) < 0 {
            result.add("number_gte", path, "Must be greater than or equal to \(min.text)")
        }
        if let min = node.exclusiveMinimum, min.order(of: value) <= 0 {
            result.add("number_gt", path, "Must be greater than \(min.text)")
        }
        result.score += 1
    }

    private func checkString(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) {
        if node.lengthMin != nil || node.lengthMax != nil {
            let count = value.stringBytes.count { $0 & 0xC0 != 0x80 }
            if let min = node.lengthMin, count < min {
                result.add(
                    "string_gte", path, "String length must be greater than or equal to \(min)")
            }
            if let max = node.lengthMax, count > max {
                result.add(
                    "string_lte", path, "String length must be less than or equal to \(max)")
            }
        }
        if let pattern = node.pattern, !pattern.regex.matches(value.stringBytes.utf8) {
            result.add("pattern", path, "Does not match pattern '\(pattern.text)'")
        }
        result.score += 1
    }
}
