internal import Bytes

/// The functions of Go's text/template.
enum TemplateFunction: String {
    case and, or, not, len, index, slice, print, printf, println, html, js, urlquery
    case eq, ne, lt, le, gt, ge

    func call(
        _ arguments: [TemplateValue], _ context: BuiltinContext
    ) throws(BuiltinError) -> TemplateValue {
        try context.spend(4 + arguments.count)
        let arena = context.arena
        switch self {
        case .print: return .value(arena.string(joined(arguments)))
        case .println:
            var text: [UInt8] = []
            for (place, argument) in arguments.enumerated() {
                if place > 0 { text.append(ASCII.space) }
                argument.print(to: &text)
            }
            return .value(arena.string(text + [ASCII.lineFeed]))
        case .html, .js, .urlquery:
            return .value(arena.string(TemplateEscape.escape(joined(arguments), self)))
        default: break
        }
        guard let first = arguments.first else {
            throw TemplateRunner.fault(
                "wrong number of args for \(rawValue): want at least 1 got 0")
        }
        switch self {
        case .not: return .value(Value(!first.isTrue))
        case .and, .or: return arguments[arguments.count - 1]
        case .len: return .integer(try length(first))
        case .index: return try element(first, arguments.dropFirst())
        case .slice: return try part(first, arguments.dropFirst(), context)
        case .printf:
            guard let format = first.text else {
                throw TemplateRunner.fault("wrong type for value; expected string")
            }
            let values = arena.array(count: arguments.count - 1) {
                Self.plain(arguments[$0 + 1], arena)
            }
            var writer = GoFormat(context, values.array)
            try writer.run(format.span)
            return .value(writer.finish())
        default: return .value(Value(try compare(first, arguments.dropFirst())))
        }
    }

    private static func plain(_ value: TemplateValue, _ arena: Arena) -> Value {
        switch value {
        case .missing: .null
        case .integer(let integer): arena.number(integer)
        case .decimal(let decimal): arena.number(double: decimal)
        case .value(let value): value
        }
    }

    /// Go puts spaces between operands neither of which is a string.
    private func joined(_ arguments: [TemplateValue]) -> [UInt8] {
        var text: [UInt8] = []
        for (place, argument) in arguments.enumerated() {
            if place > 0, argument.text == nil, arguments[place - 1].text == nil {
                text.append(ASCII.space)
            }
            argument.print(to: &text)
        }
        return text
    }

    private func length(_ value: TemplateValue) throws(BuiltinError) -> Int {
        if let text = value.text { return text.count }
        if case .value(let value) = value, let count = value.collectionCount { return count }
        throw TemplateRunner.fault("error calling len: len of this type is not defined")
    }

    private func element(
        _ start: TemplateValue, _ keys: ArraySlice<TemplateValue>
    ) throws(BuiltinError) -> TemplateValue {
        var place = start
        for key in keys {
            guard case .value(let value) = place else {
                throw TemplateRunner.fault("error calling index: index of untyped nil")
            }
            if value.isObject, let name = key.text {
                let text = String(decoding: name, as: UTF8.self)
                place =
                    SchemaValidator.member(value.object, text).map { .value($0) } ?? .missing
            } else if value.isArray || value.isSet, case .integer(let index) = key {
                let elements = value.isSet ? value.set.buffer : value.array.buffer
                guard elements.indices.contains(index) else {
                    throw TemplateRunner.fault(
                        "error calling index: reflect: slice index out of range")
                }
                place = .value(elements[index])
            } else if let text = place.text, case .integer(let index) = key {
                guard text.indices.contains(index) else {
                    throw TemplateRunner.fault(
                        "error calling index: reflect: string index out of range")
                }
                place = .integer(Int(text[index]))
            } else {
                throw TemplateRunner.fault("error calling index: cannot index with this type")
            }
        }
        return place
    }

    private func part(
        _ value: TemplateValue, _ bounds: ArraySlice<TemplateValue>, _ context: BuiltinContext
    ) throws(BuiltinError) -> TemplateValue {
        let count = try length(value)
        var numbers: [Int] = []
        for bound in bounds {
            guard case .integer(let number) = bound, 0...count ~= number, numbers.count < 2 else {
                throw TemplateRunner.fault("error calling slice: index out of range")
            }
            numbers.append(number)
        }
        let start = numbers.first ?? 0
        let end = numbers.count > 1 ? numbers[1] : count
        guard start <= end else {
            throw TemplateRunner.fault("error calling slice: invalid slice index")
        }
        if let text = value.text { return .value(context.arena.string(Array(text[start..<end]))) }
        guard case .value(let list) = value, list.isArray else {
            throw TemplateRunner.fault("error calling slice: can't slice item of this type")
        }
        return .value(
            context.arena.array(count: end - start) { list.array[start + $0] })
    }
}

/// Comparisons.
extension TemplateFunction {
    private func compare(
        _ first: TemplateValue, _ others: ArraySlice<TemplateValue>
    ) throws(BuiltinError) -> Bool {
        guard let second = others.first else {
            throw TemplateRunner.fault("error calling \(rawValue): missing argument for comparison")
        }
        switch self {
        case .eq:
            for other in others where try isEqual(first, other) { return true }
            return false
        case .ne: return try !isEqual(first, second)
        case .lt: return try order(first, second) < 0
        case .le: return try order(first, second) <= 0
        case .gt: return try order(first, second) > 0
        default: return try order(first, second) >= 0
        }
    }

    private func isEqual(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(BuiltinError) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): return a == b
        case (.decimal(let a), .decimal(let b)): return a == b
        case (.missing, _): return Self.isNothing(right)
        case (_, .missing): return Self.isNothing(left)
        case (.value(let a), .value(let b)):
            if a.isNull || b.isNull { return a.isNull && b.isNull }
            if a.isCollection || b.isCollection {
                throw TemplateRunner.fault("error calling \(rawValue): non-comparable type")
            }
            if let a = left.text, let b = right.text { return a == b }
            if a.isBoolean, b.isBoolean { return a == b }
        default: break
        }
        throw TemplateRunner.fault("error calling \(rawValue): incompatible types for comparison")
    }

    private static func isNothing(_ value: TemplateValue) -> Bool {
        switch value {
        case .missing, .value(.null): true
        default: false
        }
    }

    private func order(_ left: TemplateValue, _ right: TemplateValue) throws(BuiltinError) -> Int {
        if case .integer(let a) = left, case .integer(let b) = right {
            return a == b ? 0 : a < b ? -1 : 1
        }
        if case .decimal(let a) = left, case .decimal(let b) = right {
            return a == b ? 0 : a < b ? -1 : 1
        }
        guard let a = left.text, let b = right.text else {
            throw TemplateRunner.fault(
                "error calling \(rawValue): incompatible types for comparison")
        }
        return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    }
}

/// `html`, `js` and `urlquery`.
enum TemplateEscape {
    static func escape(_ text: [UInt8], _ function: TemplateFunction) -> [UInt8] {
        if function == .urlquery { return Percent.encode(text.span, .query) }
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        for byte in text {
            if let name = function == .html ? html(byte) : js(byte) {
                out += Array("\(name)".utf8)
            } else if function == .js, byte < 0x20 {
                out += Array("\\u00".utf8)
                Hex.append(byte, to: &out)
            } else {
                out.append(byte)
            }
        }
        return out
    }

    private static func html(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "\""): "&#34;"
        case UInt8(ascii: "'"): "&#39;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case 0: "\u{FFFD}"
        default: nil
        }
    }

    private static func js(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "\\"): "\\\\"
        case UInt8(ascii: "'"): "\\'"
        case UInt8(ascii: "\""): "\\\""
        case UInt8(ascii: "<"): "\\u003C"
        case UInt8(ascii: ">"): "\\u003E"
        case UInt8(ascii: "&"): "\\u0026"
        case UInt8(ascii: "="): "\\u003D"
        default: nil
        }
    }
}
