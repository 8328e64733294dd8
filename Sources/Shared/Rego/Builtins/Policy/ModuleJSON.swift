internal import Bytes

/// Writes a parsed module as OPA writes its syntax tree in JSON.
struct ModuleJSON {
    private let symbols: SymbolTable
    private let fileName: String
    private var out = JSONWriter()

    static func text(_ module: Module, _ symbols: SymbolTable, fileName: String) -> [UInt8] {
        var writer = ModuleJSON(symbols: symbols, fileName: fileName)
        writer.write(module)
        return writer.out.bytes
    }

    private init(symbols: SymbolTable, fileName: String) {
        self.symbols = symbols
        self.fileName = fileName
    }

    private mutating func write(_ module: Module) {
        out.beginObject()
        out.key("package")
        out.beginObject()
        out.key("path")
        write(list: module.package.path)
        out.endObject()
        list("imports", module.imports) { $0.write($1) }
        list("rules", module.rules) { $0.write($1) }
        list("comments", module.comments) { $0.write($1) }
        out.endObject()
    }

    /// A member that is left out when there is nothing to list.
    private mutating func list<Node>(
        _ key: StaticString, _ nodes: [Node], _ write: (inout ModuleJSON, Node) -> Void
    ) {
        guard !nodes.isEmpty else { return }
        out.key(key)
        out.beginArray()
        for node in nodes { write(&self, node) }
        out.endArray()
    }

    private mutating func write(_ node: Import) {
        out.beginObject()
        out.key("path")
        write(node.path)
        if let alias = node.alias {
            out.key("alias")
            out.string(symbols[alias])
        }
        out.endObject()
    }

    private mutating func write(_ comment: Comment) {
        out.beginObject()
        out.key("Text")
        out.string(
            String(decoding: Base64.standard.encode(Array(comment.text.utf8).span), as: UTF8.self))
        out.key("Location")
        out.beginObject()
        out.key("file")
        out.string(fileName)
        out.key("row")
        out.integer(Int64(comment.location.row))
        out.key("col")
        out.integer(Int64(comment.location.column))
        out.endObject()
        out.endObject()
    }

    private mutating func flag(_ key: StaticString, _ isSet: Bool) {
        guard isSet else { return }
        out.key(key)
        out.boolean(true)
    }

    private mutating func write(_ rule: Rule) {
        out.beginObject()
        flag("default", rule.isDefault)
        out.key("head")
        write(rule.head)
        out.key("body")
        write(rule.body)
        if let alternative = rule.alternatives.first {
            out.key("else")
            write(alternative)
        }
        out.endObject()
    }

    private mutating func write(_ head: RuleHead) {
        out.beginObject()
        out.key("name")
        out.string(name(head))
        if let arguments = head.arguments, !arguments.isEmpty {
            out.key("args")
            write(list: arguments)
        }
        if let key = head.key {
            out.key("key")
            write(key)
        }
        if let value = head.value {
            out.key("value")
            write(value)
        }
        flag("assign", head.isAssigned)
        out.key("ref")
        write(list: head.reference)
        out.endObject()
    }

    /// The name of a rule that has just one.
    private func name(_ head: RuleHead) -> String {
        let isPlain = head.reference.count == 1 || (head.reference.count == 2 && head.key != nil)
        guard isPlain, case .variable(let name)? = head.reference.first?.value else { return "" }
        return symbols[name]
    }

    private mutating func write(_ body: Body) {
        out.beginArray()
        for (index, expression) in body.enumerated() { write(expression, index) }
        out.endArray()
    }

    private mutating func write(_ expression: Expression, _ index: Int) {
        out.beginObject()
        flag("generated", expression.isGenerated)
        out.key("index")
        out.integer(Int64(index))
        flag("negated", expression.isNegated)
        out.key("terms")
        write(expression.kind)
        list("with", expression.modifiers) { writer, modifier in
            writer.out.beginObject()
            writer.out.key("target")
            writer.write(modifier.target)
            writer.out.key("value")
            writer.write(modifier.value)
            writer.out.endObject()
        }
        out.endObject()
    }

    private mutating func write(_ kind: ExpressionKind) {
        switch kind {
        case .term(let term): write(term)
        case .call(let terms): write(list: terms)
        case .someDeclaration(let terms):
            out.beginObject()
            out.key("symbols")
            write(list: terms)
            out.endObject()
        case .every(let every):
            out.beginObject()
            if let key = every.key {
                out.key("key")
                write(key)
            }
            out.key("value")
            write(every.value)
            out.key("domain")
            write(every.domain)
            out.key("body")
            write(every.body)
            out.endObject()
        case .negation(let body): bodies([("body", body)])
        case .and(let left, let right), .or(let left, let right):
            bodies([("left", left), ("right", right)])
        }
    }

    private mutating func bodies(_ parts: [(StaticString, Body)]) {
        out.beginObject()
        for (key, body) in parts {
            out.key(key)
            write(body)
        }
        out.endObject()
    }
}

/// Terms.
extension ModuleJSON {
    private mutating func write(list terms: [Term]) {
        out.beginArray()
        for term in terms { write(term) }
        out.endArray()
    }

    private mutating func write(_ term: Term) {
        out.beginObject()
        out.key("type")
        out.string(Self.kind(term.value))
        out.key("value")
        writeValue(term.value)
        out.endObject()
    }

    private static func kind(_ value: TermValue) -> StaticString {
        switch value {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .variable: "var"
        case .ref: "ref"
        case .call: "call"
        case .array: "array"
        case .object: "object"
        case .set: "set"
        case .arrayComprehension: "arraycomprehension"
        case .setComprehension: "setcomprehension"
        case .objectComprehension: "objectcomprehension"
        case .templateString: "templatestring"
        }
    }

    private mutating func writeValue(_ value: TermValue) {
        switch value {
        case .null:
            out.beginObject()
            out.endObject()
        case .boolean(let flag): out.boolean(flag)
        case .number(let spelling): writeNumber(symbols[spelling])
        case .string(let symbol), .variable(let symbol): out.string(symbols[symbol])
        case .ref(let terms), .call(let terms), .array(let terms), .set(let terms):
            write(list: terms)
        case .object(let items):
            out.beginArray()
            for item in items { write(list: [item.key, item.value]) }
            out.endArray()
        case .arrayComprehension(let term, let body), .setComprehension(let term, let body):
            writeComprehension([("term", term)], body)
        case .objectComprehension(let key, let value, let body):
            writeComprehension([("key", key), ("value", value)], body)
        case .templateString(let template): write(template)
        }
    }

    /// An integer part may be missing in the source, but not in JSON.
    private mutating func writeNumber(_ spelling: String) {
        var text = Array(spelling.utf8)
        if text.first == UInt8(ascii: ".") { text.insert(UInt8(ascii: "0"), at: 0) }
        if text.starts(with: "-.".utf8) { text.insert(UInt8(ascii: "0"), at: 1) }
        text.withUnsafeBytes { out.raw($0) }
    }

    private mutating func writeComprehension(_ terms: [(StaticString, Term)], _ body: Body) {
        out.beginObject()
        for (key, term) in terms {
            out.key(key)
            write(term)
        }
        out.key("body")
        write(body)
        out.endObject()
    }

    private mutating func write(_ template: TemplateString) {
        out.beginObject()
        out.key("parts")
        out.beginArray()
        for (index, part) in template.parts.enumerated() {
            switch part {
            case .literal(let term): write(term)
            case .expression(let expression): write(expression, index)
            }
        }
        out.endArray()
        out.key("multi_line")
        out.boolean(template.isRaw)
        out.endObject()
    }
}
