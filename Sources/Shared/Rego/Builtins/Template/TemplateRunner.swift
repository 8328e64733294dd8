internal import Bytes

/// Writes what a template makes of its data.
struct TemplateRunner {
    /// How a list of nodes ended.
    private enum Flow {
        case onward, leave, next
    }

    let context: BuiltinContext
    private let named: [String: [TemplateNode]]
    /// How many branches and templates are being run inside of each other.
    private var depth = 0
    private static let depthMax = 3 * TemplateParser.depthMax
    private var dot: TemplateValue
    private var variables: [(name: String, value: TemplateValue)]
    private var out: [UInt8] = []

    static func run(
        _ program: TemplateProgram, _ data: Value, _ context: BuiltinContext
    ) throws(BuiltinError) -> [UInt8] {
        var runner = TemplateRunner(program, data, context)
        _ = try runner.run(program.root)
        return runner.out
    }

    private init(_ program: TemplateProgram, _ data: Value, _ context: BuiltinContext) {
        self.context = context
        named = program.named
        dot = .value(data)
        variables = [("$", .value(data))]
    }

    static func fault(_ text: String) -> BuiltinError {
        .failure("template: template: executing \"template\": " + text)
    }

    private mutating func run(_ nodes: [TemplateNode]) throws(BuiltinError) -> Flow {
        guard depth < Self.depthMax else {
            throw Self.fault("exceeded maximum template depth (\(Self.depthMax))")
        }
        depth += 1
        defer { depth -= 1 }
        for node in nodes {
            try context.spend(4)
            switch node {
            case .text(let bytes): try write(bytes)
            case .output(let pipeline):
                let value = try evaluate(pipeline)
                guard pipeline.variables.isEmpty else { continue }
                var text: [UInt8] = []
                value.print(to: &text)
                try write(text)
            case .call(let name, let pipeline): try call(name, pipeline)
            case .leave: return .leave
            case .next: return .next
            case .branch(let branch):
                let depth = variables.count
                let outer = dot
                let flow = try run(branch)
                dot = outer
                variables.removeSubrange(depth...)
                if flow != .onward { return flow }
            }
        }
        return .onward
    }

    /// The template sees its data and no variable of the caller.
    private mutating func call(
        _ name: String, _ pipeline: TemplatePipeline?
    ) throws(BuiltinError) {
        guard let nodes = named[name] else {
            throw Self.fault("template \"\(name)\" not defined")
        }
        var data = TemplateValue.missing
        if let pipeline { data = try evaluate(pipeline) }
        let outer = (dot, variables)
        (dot, variables) = (data, [("$", data)])
        _ = try run(nodes)
        (dot, variables) = outer
    }

    private mutating func write(_ bytes: [UInt8]) throws(BuiltinError) {
        try context.spend(bytes.count)
        out += bytes
    }

    private mutating func run(_ branch: TemplateBranch) throws(BuiltinError) -> Flow {
        if branch.kind == .range { return try repeated(branch) }
        let value = try evaluate(branch.pipeline)
        guard value.isTrue else { return try run(branch.otherwise) }
        if branch.kind == .with { dot = value }
        return try run(branch.body)
    }

    private mutating func repeated(_ branch: TemplateBranch) throws(BuiltinError) -> Flow {
        var plain = branch.pipeline
        let names = plain.variables
        plain.variables = []
        let value = try evaluate(plain)
        let pairs = try Self.pairs(value)
        guard !pairs.isEmpty else { return try run(branch.otherwise) }
        let depth = variables.count
        for (key, element) in pairs {
            dot = element
            switch names.count {
            case 1: try bind(names[0], element, branch.pipeline.isAssignment)
            case 2:
                try bind(names[0], key, branch.pipeline.isAssignment)
                try bind(names[1], element, branch.pipeline.isAssignment)
            default: break
            }
            let flow = try run(branch.body)
            variables.removeSubrange(depth...)
            if flow == .leave { break }
        }
        return .onward
    }

    private static func pairs(
        _ value: TemplateValue
    ) throws(BuiltinError) -> [(TemplateValue, TemplateValue)] {
        switch value {
        case .missing, .value(.null): return []
        case .decimal(let number):
            throw fault("range can't iterate over \(number)")
        case .integer(let count):
            return (0..<max(0, min(count, 1 << 20))).map { (.integer($0), .integer($0)) }
        case .value(let value):
            switch value.kind {
            case .array, .set:
                let elements = value.isSet ? value.set.buffer : value.array.buffer
                return elements.enumerated().map { (.integer($0), .value($1)) }
            case .object:
                let object = value.object
                return (0..<object.count).map {
                    (.value(object.key(at: $0)), .value(object.value(at: $0)))
                }
            default:
                var text: [UInt8] = []
                TemplateValue.value(value).print(to: &text)
                throw fault("range can't iterate over \(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    private mutating func bind(
        _ name: String, _ value: TemplateValue, _ isAssignment: Bool
    ) throws(BuiltinError) {
        guard isAssignment else { return variables.append((name, value)) }
        guard let place = variables.lastIndex(where: { $0.name == name }) else {
            throw Self.fault("undefined variable: \(name)")
        }
        variables[place].value = value
    }
}

/// Expressions.
extension TemplateRunner {
    private mutating func evaluate(
        _ pipeline: TemplatePipeline
    ) throws(BuiltinError) -> TemplateValue {
        var value: TemplateValue?
        for command in pipeline.commands { value = try evaluate(command, last: value) }
        let result = value ?? .missing
        for name in pipeline.variables { try bind(name, result, pipeline.isAssignment) }
        return result
    }

    private mutating func evaluate(
        _ command: [TemplateOperand], last: TemplateValue?
    ) throws(BuiltinError) -> TemplateValue {
        guard let first = command.first else { return .missing }
        try context.spend(4)
        if case .function(let name) = first, let function = TemplateFunction(rawValue: name) {
            var arguments: [TemplateValue] = []
            for operand in command.dropFirst() {
                let value = try evaluate(operand)
                arguments.append(value)
                // `and` and `or` stop where their result is known.
                if function == .and, !value.isTrue { return value }
                if function == .or, value.isTrue { return value }
            }
            if let last { arguments.append(last) }
            return try function.call(arguments, context)
        }
        guard command.count == 1, last == nil else {
            throw Self.fault("can't give argument to non-function")
        }
        return try evaluate(first)
    }

    private mutating func evaluate(
        _ operand: TemplateOperand
    ) throws(BuiltinError) -> TemplateValue {
        switch operand {
        case .dot: return dot
        case .fields(let names): return try select(names, in: dot)
        case .variable(let name, let names):
            guard let variable = variables.last(where: { $0.name == name }) else {
                throw Self.fault("undefined variable: \(name)")
            }
            return try select(names, in: variable.value)
        case .function(let name):
            guard let function = TemplateFunction(rawValue: name) else { return .missing }
            return try function.call([], context)
        case .literal(.null): return .value(.null)
        case .literal(.boolean(let flag)): return .value(Value(flag))
        case .literal(.integer(let value)): return .integer(value)
        case .literal(.decimal(let value)): return .decimal(value)
        case .literal(.text(let bytes)): return .value(context.arena.string(bytes))
        case .pipeline(let pipeline, let names):
            let depth = variables.count
            defer { variables.removeSubrange(depth...) }
            return try select(names, in: try evaluate(pipeline))
        }
    }

    private func select(
        _ names: [String], in start: TemplateValue
    ) throws(BuiltinError) -> TemplateValue {
        var place = start
        for name in names {
            switch place {
            case .value(let value) where value.isObject:
                try context.spend(1 + value.object.count / 16)
                place = SchemaValidator.member(value.object, name).map { .value($0) } ?? .missing
            case .missing, .value(.null):
                throw Self.fault("nil pointer evaluating interface {}.\(name)")
            default:
                throw Self.fault("can't evaluate field \(name) in type interface {}")
            }
        }
        return place
    }
}
