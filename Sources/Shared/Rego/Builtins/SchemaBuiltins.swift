/// `json.match_schema` and `json.verify_schema`: JSON Schema drafts 4, 6 and 7. A schema that
/// refers to another document is refused; nothing is fetched.
enum SchemaBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("json.match_schema", match),
        BuiltinEntry("json.verify_schema", verify),
    ]

    static func match(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let document = try read(arguments[0], context)
        let schema = try compiled(arguments[1], context)
        var validator = SchemaValidator(schema, context)
        let issues = try validator.issues(of: document)
        let arena = context.arena
        let list = arena.array(count: issues.count) { index in
            let issue = issues[index]
            var object = ObjectBuilder(arena, capacity: 4)
            object.set("error", arena.string(issue.field + ": " + issue.text))
            object.set("type", arena.string(issue.type))
            object.set("field", arena.string(issue.field))
            object.set("desc", arena.string(issue.text))
            return object.finishWithoutConflict()
        }
        return arena.array(Value(issues.isEmpty), list)
    }

    static func verify(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        do throws(BuiltinError) {
            _ = try compiled(arguments[0], context)
            return context.arena.array(.true, .null)
        } catch {
            guard case .failure(let text) = error else { throw error }
            return context.arena.array(.false, context.arena.string("jsonschema: " + text))
        }
    }

    /// The schema, from an object or its JSON text.
    private static func compiled(
        _ value: Value, _ context: BuiltinContext
    ) throws(BuiltinError) -> Schema {
        let document = try read(value, context)
        let key = value.isString ? Array(value.stringBytes) : document.json()
        try context.spend(key.count / 16)
        if let known = context.caches.schemas.find(key) { return known }
        let schema = try SchemaCompiler.compile(document, context)
        context.caches.schemas.insert(schema, for: key)
        return schema
    }

    private static func read(
        _ value: Value, _ context: BuiltinContext
    ) throws(BuiltinError) -> Value {
        if value.isArray || value.isObject { return value }
        guard value.isString else { throw .failure("wrong type, expected string or object") }
        guard let document = try? context.arena.value(json: value.stringBytes) else {
            throw .failure("invalid JSON string")
        }
        return document
    }
}
