/// A piece of a parsed template.
indirect enum TemplateNode {
    case text([UInt8])
    case output(TemplatePipeline)
    case branch(TemplateBranch)
    case leave
    case next
    /// Another template, with what the pipeline yields as its data.
    case call(String, TemplatePipeline?)
}

/// A template and those that it defines, by their names.
struct TemplateProgram {
    var root: [TemplateNode] = []
    var named: [String: [TemplateNode]] = [:]
}

struct TemplateBranch {
    enum Kind: Equatable {
        case condition, with, range
        /// `define`, or `block`, which is also called where it stands.
        case definition(String, isCalled: Bool)

        var isDefinition: Bool {
            if case .definition = self { true } else { false }
        }
    }

    let kind: Kind
    let pipeline: TemplatePipeline
    var body: [TemplateNode] = []
    var otherwise: [TemplateNode] = []
}

/// Commands, each of which takes the result of the one before as its last argument.
struct TemplatePipeline {
    /// The variables that take the result.
    var variables: [String] = []
    /// The variables exist already.
    var isAssignment = false
    var commands: [[TemplateOperand]] = []
}

indirect enum TemplateOperand {
    case dot
    /// `.a.b`
    case fields([String])
    /// `$x.a`; `$` is the data that the template was given.
    case variable(String, [String])
    case function(String)
    case literal(TemplateLiteral)
    /// `(…).a`
    case pipeline(TemplatePipeline, [String])
}

enum TemplateLiteral {
    case null
    case boolean(Bool)
    case integer(Int)
    case decimal(Double)
    case text([UInt8])
}
