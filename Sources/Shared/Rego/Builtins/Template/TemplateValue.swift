internal import Bytes

/// What expressions in a template yield: data of the policy, or a number that the template made.
/// (Numbers in the data are texts to a template, as they are to OPA's.)
enum TemplateValue {
    /// A name that the data lacks.
    case missing
    case integer(Int)
    case decimal(Double)
    case value(Value)

    /// Whether `if` takes its branch.
    var isTrue: Bool {
        switch self {
        case .missing: return false
        case .integer(let value): return value != 0
        case .decimal(let value): return value != 0
        case .value(let value):
            switch value.kind {
            case .undefined, .null: return false
            case .boolean: return value.isTrue
            case .number: return true
            case .string: return value.stringBytes.count > 0
            case .array, .object, .set: return value.collectionCount != 0
            }
        }
    }

    /// The text of a string, or of a number in the data.
    var text: [UInt8]? {
        guard case .value(let value) = self else { return nil }
        if value.isString { return Array(value.stringBytes) }
        return value.isNumber ? value.withNumberText { Array($0) } : nil
    }

    /// As Go prints it with %v.
    func print(to out: inout [UInt8]) {
        switch self {
        case .missing, .value(.null): out += Array("<undefined>".utf8)
        case .integer(let value): out += Array(String(value).utf8)
        case .decimal(let value): out += FormatFloat.general(value, nil, "e")
        case .value(let value): Self.print(value, to: &out, 0)
        }
    }

    private static func print(_ value: Value, to out: inout [UInt8], _ depth: Int) {
        switch value.kind {
        case .undefined, .null: out += Array("<nil>".utf8)
        case .boolean: out += Array((value.isTrue ? "true" : "false").utf8)
        case .number: value.withNumberText { out += $0 }
        case .string:
            if Work.spend(Work.units(bytes: value.stringBytes.count)) { out += value.stringBytes }
        case .array: print(value.array.buffer, to: &out, depth)
        case .set: print(value.set.buffer, to: &out, depth)
        case .object:
            guard Work.spend(value.object.count, depth: depth) else { return }
            out += Array("map[".utf8)
            for position in 0..<value.object.count {
                if position > 0 { out.append(ASCII.space) }
                out += Array(SchemaText.name(value.object.key(at: position)).utf8)
                out.append(UInt8(ascii: ":"))
                print(value.object.value(at: position), to: &out, depth + 1)
            }
            out.append(UInt8(ascii: "]"))
        }
    }

    private static func print(
        _ values: UnsafeBufferPointer<Value>, to out: inout [UInt8], _ depth: Int
    ) {
        guard Work.spend(values.count, depth: depth) else { return }
        out.append(UInt8(ascii: "["))
        for (index, element) in values.enumerated() {
            if index > 0 { out.append(ASCII.space) }
            print(element, to: &out, depth + 1)
        }
        out.append(UInt8(ascii: "]"))
    }
}
