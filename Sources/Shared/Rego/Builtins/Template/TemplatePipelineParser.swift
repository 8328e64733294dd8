/// Reads the words of an action as a pipeline.
struct TemplatePipelineParser {
    private var tokens: ArraySlice<TemplateToken>
    private var depth = 0

    static func parse(
        _ tokens: ArraySlice<TemplateToken>
    ) throws(BuiltinFault) -> TemplatePipeline {
        var parser = TemplatePipelineParser(tokens: tokens)
        let pipeline = try parser.pipeline()
        guard parser.tokens.isEmpty else { throw BuiltinFault("unexpected \")\" in command") }
        return pipeline
    }

    private init(tokens: ArraySlice<TemplateToken>) { self.tokens = tokens }

    private mutating func pipeline() throws(BuiltinFault) -> TemplatePipeline {
        var pipeline = TemplatePipeline()
        readVariables(into: &pipeline)
        repeat {
            let command = try command()
            guard !command.isEmpty else { throw BuiltinFault("missing value for command") }
            pipeline.commands.append(command)
        } while take(.pipe)
        return pipeline
    }

    /// `$x :=`, `$i, $x :=`, `$x =`.
    private mutating func readVariables(into pipeline: inout TemplatePipeline) {
        var ahead = tokens
        var names: [String] = []
        while case .variable(let name)? = ahead.popFirst(), names.count < 2 {
            names.append(name)
            let mark = ahead.popFirst()
            if mark == .comma { continue }
            guard mark == .declare || mark == .assign else { return }
            pipeline.variables = names
            pipeline.isAssignment = mark == .assign
            tokens = ahead
            return
        }
    }

    private mutating func take(_ token: TemplateToken) -> Bool {
        guard tokens.first == token else { return false }
        tokens.removeFirst()
        return true
    }

    private mutating func command() throws(BuiltinFault) -> [TemplateOperand] {
        var operands: [TemplateOperand] = []
        while let token = tokens.first, token != .pipe, token != .close {
            tokens.removeFirst()
            operands.append(try operand(token))
        }
        return operands
    }

    private mutating func operand(_ token: TemplateToken) throws(BuiltinFault) -> TemplateOperand {
        switch token {
        case .dot: return .dot
        case .field(let name, _): return .fields([name] + fields())
        case .variable(let name): return .variable(name, fields())
        case .text(let bytes): return .literal(.text(bytes))
        case .integer(let value): return .literal(.integer(value))
        case .decimal(let value): return .literal(.decimal(value))
        case .identifier("true"): return .literal(.boolean(true))
        case .identifier("false"): return .literal(.boolean(false))
        case .identifier("nil"): return .literal(.null)
        case .identifier(let name):
            guard TemplateFunction(rawValue: name) != nil else {
                throw BuiltinFault("function \"\(name)\" not defined")
            }
            return .function(name)
        case .open:
            guard depth < TemplateParser.depthMax else {
                throw BuiltinFault("template is too deep")
            }
            depth += 1
            defer { depth -= 1 }
            let inner = try pipeline()
            guard take(.close) else { throw BuiltinFault("unclosed left paren") }
            return .pipeline(inner, fields())
        default: throw BuiltinFault("unexpected word in operand")
        }
    }

    private mutating func fields() -> [String] {
        var names: [String] = []
        while case .field(let name, isAttached: true)? = tokens.first {
            names.append(name)
            tokens.removeFirst()
        }
        return names
    }
}
