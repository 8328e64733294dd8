/// Arrays and objects.
extension SchemaValidator {
    static func member(_ object: ObjectView, _ name: String) -> Value? {
        let wanted = name.utf8
        for position in 0..<object.count {
            let key = object.key(at: position)
            let isSame =
                key.isString
                ? key.stringBytes.elementsEqual(wanted) : SchemaText.name(key) == name
            if isSame { return object.value(at: position) }
        }
        return nil
    }

    mutating func checkArray(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) throws(BuiltinError) {
        let elements = value.isSet ? value.set.buffer : value.array.buffer
        try checkItems(elements, node, path, &result)
        if let min = node.itemsMin, elements.count < min {
            result.add("array_min_items", path, "Array must have at least \(min) items")
        }
        if let max = node.itemsMax, elements.count > max {
            result.add("array_max_items", path, "Array must have at most \(max) items")
        }
        if node.uniqueItems {
            var places: [[UInt8]: Int] = [:]
            for (index, element) in elements.enumerated() {
                try context.spend(4)
                if let earlier = places.updateValue(index, forKey: CanonicalJSON.text(element)) {
                    result.add(
                        "unique", path, "array items[\(earlier),\(index)] must be unique")
                }
            }
        }
        try checkContains(elements, node, path, &result)
        result.score += 1
    }

    private mutating func checkItems(
        _ elements: UnsafeBufferPointer<Value>, _ node: SchemaNode, _ path: SchemaPath,
        _ result: inout SchemaResult
    ) throws(BuiltinError) {
        switch node.items {
        case .unconstrained: break
        case .each(let number):
            for (index, element) in elements.enumerated() {
                result.merge(try check(element, number, path.appending(.index(index))))
            }
        case .positions(let numbers):
            for (index, element) in elements.enumerated() {
                let number: SchemaNode.Number
                if index < numbers.count {
                    number = numbers[index]
                } else if !numbers.isEmpty, case .matching(let rest) = node.additionalItems {
                    number = rest
                } else {
                    break
                }
                result.merge(try check(element, number, path.appending(.index(index))))
            }
            if !numbers.isEmpty, numbers.count < elements.count,
                case .refused = node.additionalItems
            {
                result.add(
                    "array_no_additional_items", path, "No additional items allowed on array")
            }
        }
    }

    private mutating func checkContains(
        _ elements: UnsafeBufferPointer<Value>, _ node: SchemaNode, _ path: SchemaPath,
        _ result: inout SchemaResult
    ) throws(BuiltinError) {
        guard let contains = node.contains else { return }
        var best: SchemaResult?
        for (index, element) in elements.enumerated() {
            let outcome = try check(element, contains, path.appending(.index(index)))
            if outcome.isValid { return }
            if best.map({ outcome.score > $0.score }) ?? true { best = outcome }
        }
        result.add("contains", path, "At least one of the items must match")
        if let best { result.merge(best) }
    }

    mutating func checkObject(
        _ value: Value, _ node: SchemaNode, _ path: SchemaPath, _ result: inout SchemaResult
    ) throws(BuiltinError) {
        let object = value.object
        if let min = node.propertiesMin, object.count < min {
            result.add("array_min_properties", path, "Must have at least \(min) properties")
        }
        if let max = node.propertiesMax, object.count > max {
            result.add("array_max_properties", path, "Must have at most \(max) properties")
        }
        for name in node.required {
            try context.spend(1 + object.count / 16)
            if Self.member(object, name) != nil {
                result.score += 1
            } else {
                result.add("required", path, "\(name) is required")
            }
        }
        for position in 0..<object.count {
            let key = object.key(at: position)
            try checkMember(
                key, SchemaText.name(key), object.value(at: position), node, path, &result)
        }
        result.score += 1
    }

    private mutating func checkMember(
        _ key: Value, _ name: String, _ value: Value, _ node: SchemaNode, _ path: SchemaPath,
        _ result: inout SchemaResult
    ) throws(BuiltinError) {
        try context.spend(1 + node.properties.count / 16)
        var isDescribed = node.properties.contains { $0.name == name }
        for (pattern, number) in node.patternProperties {
            let bytes = Array(name.utf8)
            guard pattern.regex.matches(bytes.span) else { continue }
            isDescribed = true
            result.merge(try check(value, number, path.appending(.name(name))))
        }
        if !isDescribed {
            switch node.additionalProperties {
            case .allowed: break
            case .refused:
                result.add(
                    "additional_property_not_allowed", path,
                    "Additional property \(name) is not allowed")
            case .matching(let number):
                result.merge(try check(value, number, path.appending(.name(name))))
            }
        }
        guard let names = node.propertyNames else { return }
        let text = key.isString ? key : context.arena.string(name)
        let outcome = try check(text, names, path)
        guard !outcome.isValid else { return }
        result.add(
            "invalid_property_name", path, "Property name of \"\(name)\" does not match")
        result.merge(outcome)
    }

    mutating func checkProperties(
        _ object: ObjectView, _ node: SchemaNode, _ path: SchemaPath,
        _ result: inout SchemaResult
    ) throws(BuiltinError) {
        for (name, number) in node.properties {
            try context.spend(1 + object.count / 16)
            guard let value = Self.member(object, name) else { continue }
            try validate(value, number, path.appending(.name(name)), &result)
        }
    }
}
