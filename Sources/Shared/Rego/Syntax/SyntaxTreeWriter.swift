internal import Bytes

/// Writes modules as JSON in the shape of OPA's syntax tree, as `rego.parse_module` and the policy
/// API return it.
public struct SyntaxTreeWriter {
    private let symbols: SymbolTable
    private var json = JSONWriter()

    /// The JSON text of a module as it was parsed.
    ///
    /// - Parameter fileName: of the source, for the places of its comments.
    public static func json(
        _ module: Module, symbols: SymbolTable, fileName: String = ""
    ) -> [UInt8] {
        var writer = SyntaxTreeWriter(symbols: symbols)
        writer.write(module, fileName)
        return writer.json.bytes
    }

    /// The JSON text of a ref's terms.
    static func json(_ terms: [Term], symbols: SymbolTable) -> [UInt8] {
        var writer = SyntaxTreeWriter(symbols: symbols)
        writer.write(terms)
        return writer.json.bytes
    }

    /// The JSON text of what a trace event is about.
    static func json(_ node: TraceNode, symbols: SymbolTable) -> [UInt8] {
        var writer = SyntaxTreeWriter(symbols: symbols)
        switch node.content {
        case .expression(let expression): writer.write(expression, node.index)
        case .body(let body): writer.write(body)
        case .rule(let rule, _): writer.write(rule)
        }
        return writer.json.bytes
    }

    private init(symbols: SymbolTable) {
        self.symbols = symbols
    }

    private mutating func write(_ module: Module, _ fileName: String) {
        json.beginObject()
        json.key("package")
        json.beginObject()
        json.key("path")
        write(module.package.path)
        json.endObject()
        if !module.imports.isEmpty {
            json.key("imports")
            json.beginArray()
            for found in module.imports { write(found) }
            json.endArray()
        }
        if !module.rules.isEmpty {
            json.key("rules")
            json.beginArray()
            for rule in module.rules { write(rule) }
            json.endArray()
        }
        if !module.comments.isEmpty {
            json.key("comments")
            json.beginArray()
            for comment in module.comments { write(comment, fileName) }
            json.endArray()
        }
        json.endObject()
    }

    /// The text is in base64, as Go writes bytes.
    private mutating func write(_ comment: Comment, _ fileName: String) {
        json.beginObject()
        json.key("Text")
        let text = Base64.standard.encode(Array(comment.text.utf8).span)
        json.string(String(decoding: text, as: UTF8.self))
        json.key("Location")
        json.beginObject()
        json.key("file")
        json.string(fileName)
        json.key("row")
        json.integer(Int64(comment.location.row))
        json.key("col")
        json.integer(Int64(comment.location.column))
        json.endObject()
        json.endObject()
    }

    private mutating func write(_ found: Import) {
        json.beginObject()
        json.key("path")
        write(found.path)
        if let alias = found.alias {
            json.key("alias")
            json.string(symbols[alias])
        }
        json.endObject()
    }

    // MARK: rules

    private mutating func write(_ rule: Rule) {
        json.beginObject()
        if rule.isDefault {
            json.key("default")
            json.boolean(true)
        }
        json.key("head")
        write(rule.head)
        json.key("body")
        write(rule.body)
        if let alternative = rule.alternatives.first {
            json.key("else")
            write(alternative)
        }
        json.endObject()
    }

    private mutating func write(_ head: RuleHead) {
        json.beginObject()
        if head.reference.count == 1 || head.key != nil,
            case .variable(let name) = head.reference[0].value
        {
            json.key("name")
            json.string(symbols[name])
        }
        json.key("ref")
        write(head.reference)
        if let arguments = head.arguments, !arguments.isEmpty {
            json.key("args")
            write(arguments)
        }
        if let key = head.key {
            json.key("key")
            write(key)
        }
        if let value = head.value {
            json.key("value")
            write(value)
        }
        if head.isAssigned {
            json.key("assign")
            json.boolean(true)
        }
        json.endObject()
    }

    // MARK: expressions

    private mutating func write(_ body: Body) {
        json.beginArray()
        for (index, expression) in body.enumerated() { write(expression, index) }
        json.endArray()
    }

    private mutating func write(_ expression: Expression, _ index: Int) {
        json.beginObject()
        json.key("index")
        json.integer(Int64(index))
        json.key("terms")
        write(expression.kind)
        if expression.isNegated {
            json.key("negated")
            json.boolean(true)
        }
        if expression.isGenerated {
            json.key("generated")
            json.boolean(true)
        }
        if !expression.modifiers.isEmpty {
            json.key("with")
            json.beginArray()
            for modifier in expression.modifiers { write(modifier) }
            json.endArray()
        }
        json.endObject()
    }

    private mutating func write(_ modifier: WithModifier) {
        json.beginObject()
        json.key("target")
        write(modifier.target)
        json.key("value")
        write(modifier.value)
        json.endObject()
    }

    private mutating func write(_ kind: ExpressionKind) {
        switch kind {
        case .term(let term): write(term)
        case .call(let terms): write(terms)
        case .someDeclaration(let terms):
            json.beginObject()
            json.key("symbols")
            write(terms)
            json.endObject()
        case .every(let every): write(every)
        case .negation(let body): write("not", body: body)
        case .and(let left, let right): write("and", left, right)
        case .or(let left, let right): write("or", left, right)
        }
    }

    private mutating func write(_ type: StaticString, body: Body) {
        json.beginObject()
        json.key("type")
        json.string(type)
        json.key("body")
        write(body)
        json.endObject()
    }

    private mutating func write(_ type: StaticString, _ left: Body, _ right: Body) {
        json.beginObject()
        json.key("type")
        json.string(type)
        json.key("lhs")
        write(left)
        json.key("rhs")
        write(right)
        json.endObject()
    }

    private mutating func write(_ every: Every) {
        json.beginObject()
        json.key("key")
        if let key = every.key { write(key) } else { json.null() }
        json.key("value")
        write(every.value)
        json.key("domain")
        write(every.domain)
        json.key("body")
        write(every.body)
        json.endObject()
    }

    // MARK: terms

    private mutating func write(_ terms: [Term]) {
        json.beginArray()
        for term in terms { write(term) }
        json.endArray()
    }

    private mutating func write(_ term: Term) {
        json.beginObject()
        json.key("type")
        json.string(term.value.kindName)
        json.key("value")
        writeValue(term)
        json.endObject()
    }

    private mutating func writeValue(_ term: Term) {
        switch term.value {
        case .null:
            json.beginObject()
            json.endObject()
        case .boolean(let value): json.boolean(value)
        case .number(let text): writeNumber(symbols[text])
        case .string(let text): json.string(symbols[text])
        case .variable(let name): json.string(symbols[name])
        case .ref(let terms), .call(let terms), .array(let terms), .set(let terms): write(terms)
        case .object(let items):
            json.beginArray()
            for item in items { write([item.key, item.value]) }
            json.endArray()
        case .arrayComprehension(let head, let body), .setComprehension(let head, let body):
            json.beginObject()
            json.key("term")
            write(head)
            json.key("body")
            write(body)
            json.endObject()
        case .objectComprehension(let key, let value, let body):
            json.beginObject()
            json.key("key")
            write(key)
            json.key("value")
            write(value)
            json.key("body")
            write(body)
            json.endObject()
        case .templateString(let template): write(template)
        }
    }

    /// Rego lets the zero before the point out, JSON does not.
    private mutating func writeNumber(_ text: String) {
        var text = text
        if text.hasPrefix(".") { text = "0" + text }
        if text.hasPrefix("-.") { text = "-0" + text.dropFirst() }
        text.withUTF8 { json.raw(UnsafeRawBufferPointer($0)) }
    }

    private mutating func write(_ template: TemplateString) {
        json.beginObject()
        json.key("parts")
        json.beginArray()
        for (index, part) in template.parts.enumerated() {
            switch part {
            case .literal(let term): write(term)
            case .expression(let expression): write(expression, index)
            }
        }
        json.endArray()
        json.key("multi_line")
        json.boolean(template.isRaw)
        json.endObject()
    }
}
