/// JSON Patch (RFC 6902) over Rego values, sets included. A patch that does not apply has no
/// result.
struct JSONPatch {
    /// The patch does not apply.
    struct Inapplicable: Error {}

    private let context: BuiltinContext
    private var document: Value

    init(_ document: Value, _ context: BuiltinContext) {
        self.document = document
        self.context = context
    }

    /// The patched document; undefined when an operation does not apply.
    static func apply(
        _ operations: ArrayView, to document: Value, _ context: BuiltinContext
    ) throws(BuiltinError) -> Value {
        var patch = JSONPatch(document, context)
        for operation in operations.buffer {
            try context.spend(1)
            do {
                try patch.apply(operation)
            } catch let error as BuiltinError {
                guard case .budget = error else { return .undefined }
                throw error
            } catch {
                return .undefined
            }
        }
        return patch.document
    }

    private mutating func apply(_ operation: Value) throws {
        guard operation.isObject else { throw Inapplicable() }
        let path = try steps(operation.object["path"])
        switch operation.object["op"].string {
        case "add":
            document = try insert(try value(operation), at: path[...], in: document)
        case "remove":
            document = try delete(path[...], from: document)
        case "replace":
            let value = try value(operation)
            if path.isEmpty {
                document = value
            } else {
                document = try delete(path[...], from: document)
                document = try insert(value, at: path[...], in: document)
            }
        case "move":
            let from = try steps(operation.object["from"])
            let value = try find(from[...], in: document)
            document = try delete(from[...], from: document)
            document = try insert(value, at: path[...], in: document)
        case "copy":
            let from = try steps(operation.object["from"])
            document = try insert(try find(from[...], in: document), at: path[...], in: document)
        case "test":
            guard try find(path[...], in: document) == (try value(operation)) else {
                throw Inapplicable()
            }
        default:
            throw Inapplicable()
        }
    }

    private func steps(_ path: Value) throws -> [Value] {
        guard path.isDefined else { throw Inapplicable() }
        return try JSONPath.steps(path, context)
    }

    private func value(_ operation: Value) throws -> Value {
        let value = operation.object["value"]
        guard value.isDefined else { throw Inapplicable() }
        return value
    }

    // MARK: One step at a time

    private func child(_ step: Value, of value: Value) throws -> Value {
        switch value.kind {
        case .object: return value.object[step]
        case .set: return value.set.contains(step) ? step : .undefined
        case .array: return value.array[try index(step, count: value.array.count)]
        case .undefined, .null, .boolean, .number, .string: return .undefined
        }
    }

    private func find(_ path: ArraySlice<Value>, in value: Value) throws -> Value {
        var current = value
        for step in path {
            current = try child(step, of: current)
            guard current.isDefined else { throw Inapplicable() }
        }
        guard current.isDefined else { throw Inapplicable() }
        return current
    }

    private func insert(
        _ new: Value, at path: ArraySlice<Value>, in value: Value
    ) throws -> Value {
        guard let step = path.first else { return new }
        guard path.count == 1 else {
            let old = try find([step], in: value)
            return try replace(step, of: value, with: insert(new, at: path.dropFirst(), in: old))
        }
        switch value.kind {
        case .object:
            return try replace(step, of: value, with: new)
        case .set:
            guard step == new else { throw Inapplicable() }
            return try replace(step, of: value, with: new)
        case .array:
            let array = value.array
            let at = try index(step, count: array.count)
            guard at <= array.count else { throw Inapplicable() }
            try context.spend(array.count)
            return context.arena.array(count: array.count + 1) {
                $0 < at ? array[$0] : $0 == at ? new : array[$0 - 1]
            }
        case .undefined, .null, .boolean, .number, .string:
            throw Inapplicable()
        }
    }

    private func delete(_ path: ArraySlice<Value>, from value: Value) throws -> Value {
        guard let step = path.first else { return .undefined }
        let old = try find([step], in: value)
        guard path.count == 1 else {
            return try replace(step, of: value, with: delete(path.dropFirst(), from: old))
        }
        return try replace(step, of: value, with: .undefined)
    }

    /// The value with another child under `step`, or without it when that is undefined.
    private func replace(_ step: Value, of value: Value, with new: Value) throws -> Value {
        try context.spend(value.collectionCount ?? 0)
        switch value.kind {
        case .object:
            var builder = ObjectBuilder(context.arena, capacity: value.object.count + 1)
            for index in 0..<value.object.count where value.object.key(at: index) != step {
                builder.set(value.object.key(at: index), value.object.value(at: index))
            }
            if new.isDefined { builder.set(step, new) }
            return builder.finish()
        case .set:
            var builder = SetBuilder(context.arena, capacity: value.set.count + 1)
            for member in value.set.buffer where member != step { builder.insert(member) }
            if new.isDefined { builder.insert(new) }
            return builder.finish()
        case .array:
            let at = try index(step, count: value.array.count)
            var builder = ArrayBuilder(context.arena, capacity: value.array.count)
            for (index, element) in value.array.buffer.enumerated() {
                if index != at {
                    builder.append(element)
                } else if new.isDefined {
                    builder.append(new)
                }
            }
            return builder.finish()
        case .undefined, .null, .boolean, .number, .string:
            throw Inapplicable()
        }
    }

    /// The index that a step names: a number, its digits without leading zeros, or `-` for the
    /// end.
    private func index(_ step: Value, count: Int) throws -> Int {
        if let integer = step.int64, integer >= 0, integer <= Int64(count) { return Int(integer) }
        guard let text = step.string else { throw Inapplicable() }
        if text == "-" { return count }
        guard let index = Int(text), index >= 0, String(index) == text else {
            throw Inapplicable()
        }
        return index
    }
}
