/// `anyOf` and its relatives.
extension SchemaValidator {
    mutating func combine(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) throws(BuiltinError) {
        try checkAnyOf(value, node, path, &result)
        try checkOneOf(value, node, path, &result)
        try checkAllOf(value, node, path, &result)
        if let not = node.not, try check(value, not, path).isValid {
            result.add("number_not", path, "Must not validate the schema (not)")
        }
        if value.isObject { try checkDependencies(value, node, path, &result) }
        if let condition = node.condition {
            if try check(value, condition, path).isValid {
                try branch(
                    value, node.consequence, path, "condition_then",
                    #"Must validate "then" as "if" was valid"#, &result)
            } else {
                try branch(
                    value, node.alternative, path, "condition_else",
                    #"Must validate "else" as "if" was not valid"#, &result)
            }
        }
        result.score += 1
    }

    private mutating func branch(
        _ value: Value, _ number: SchemaNode.Number?, _ path: SchemaPath, _ type: StaticString,
        _ text: StaticString, _ result: inout SchemaResult
    ) throws(BuiltinError) {
        guard let number else { return }
        let outcome = try check(value, number, path)
        guard !outcome.isValid else { return }
        result.add(type, path, text)
        result.merge(outcome)
    }

    private mutating func checkAnyOf(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) throws(BuiltinError) {
        guard !node.anyOf.isEmpty else { return }
        var best: SchemaResult?
        for number in node.anyOf {
            let outcome = try check(value, number, path)
            if outcome.isValid { return }
            if best.map({ outcome.score > $0.score }) ?? true { best = outcome }
        }
        result.add("number_any_of", path, "Must validate at least one schema (anyOf)")
        if let best { result.merge(best) }
    }

    private mutating func checkOneOf(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) throws(BuiltinError) {
        guard !node.oneOf.isEmpty else { return }
        var best: SchemaResult?
        var matches = 0
        for number in node.oneOf {
            let outcome = try check(value, number, path)
            if outcome.isValid {
                matches += 1
            } else if best.map({ outcome.score > $0.score }) ?? true {
                best = outcome
            }
        }
        guard matches != 1 else { return }
        result.add("number_one_of", path, "Must validate one and only one schema (oneOf)")
        if matches == 0, let best { result.merge(best) }
    }

    private mutating func checkAllOf(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) throws(BuiltinError) {
        var areValid = true
        for number in node.allOf {
            let outcome = try check(value, number, path)
            areValid = areValid && outcome.isValid
            result.merge(outcome)
        }
        if !areValid {
            result.add("number_all_of", path, "Must validate all the schemas (allOf)")
        }
    }

    private mutating func checkDependencies(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) throws(BuiltinError) {
        for (name, dependency) in node.dependencies
        where Self.member(value.object, name) != nil {
            switch dependency {
            case .properties(let names):
                for needed in names where Self.member(value.object, needed) == nil {
                    result.add("missing_dependency", path, "Has a dependency on \(needed)")
                }
            case .matching(let number):
                try validate(value, number, path, &result)
            }
        }
    }
}
