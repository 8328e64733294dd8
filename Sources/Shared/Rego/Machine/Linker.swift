/// Turns the constants of a program into values, with the data at hand.
struct Linker {
    private let program: Program
    private let data: FrozenData
    private let freezer: Freezer
    private(set) var indexes: [CollectionIndex] = []

    init(_ program: Program, _ data: FrozenData) {
        self.program = program
        self.data = data
        freezer = Freezer(extending: data)
    }

    mutating func value(_ constant: Constant) -> Value {
        switch constant {
        case .undefined: return .undefined
        case .null: return .null
        case .boolean(let value): return Value(value)
        case .number(let digits): return number(program.symbols[digits])
        case .index(let position): return Value(inline: Int64(position))
        case .string(let text): return freezer.string(program.symbols[text])
        case .array(let elements): return freezer.array(values(elements))
        case .set(let members): return freezer.set(values(members))
        case .object(let members):
            let keys = values(members.map(\.key))
            let values = values(members.map(\.value))
            return freezer.object(Array(zip(keys, values)))
        case .data(let path): return document(path)
        case .dataIndex(let path, let field): return index(document(path), field)
        }
    }

    func seal() -> FrozenData { freezer.seal(root: .null) }

    private mutating func values(_ constants: [Constant]) -> [Value] {
        var values: [Value] = []
        for constant in constants { values.append(value(constant)) }
        return values
    }

    /// In policies the digits before the point may be missing.
    private func number(_ digits: String) -> Value {
        var text = digits
        if text.hasPrefix(".") { text = "0" + text }
        if text.hasPrefix("-.") { text = "-0" + text.dropFirst() }
        return text.withUTF8 { freezer.number(UnsafeRawBufferPointer($0)) }
    }

    private func document(_ path: [Symbol]) -> Value {
        var value = data.root
        for name in path {
            switch value.kind {
            case .object: value = value.object[freezer.string(program.symbols[name])]
            // As in OPA's store, where every part of a path is text.
            case .array: value = Int(program.symbols[name]).map { value.array[$0] } ?? .undefined
            default: return .undefined
            }
        }
        return value
    }

    /// An index as a value: its number; undefined when there is too little to index.
    private mutating func index(_ collection: Value, _ field: [Symbol]) -> Value {
        let keys = field.map { freezer.string(program.symbols[$0]) }
        guard let index = CollectionIndex(collection, field: keys) else { return .undefined }
        indexes.append(index)
        return Value(bits: UInt64(UInt(bitPattern: index.table)))
    }
}
