/// Prints terms as OPA's messages do.
struct TermPrinter {
    let symbols: SymbolTable
    /// Names to print instead of the compiler's own.
    var originalNames: [Symbol: Symbol] = [:]
    /// A variable that is printed as a wildcard.
    var anonymousName = ""

    func text(_ term: Term) -> String {
        switch term.value {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let symbol): symbols[symbol]
        case .string(let symbol): Self.quote(symbols[symbol])
        case .variable(let symbol): name(symbol)
        case .ref(let ref): text(ref: ref)
        case .call(let terms): call(terms)
        case .array(let terms): "[" + list(terms) + "]"
        case .set(let terms): terms.isEmpty ? "set()" : "{" + list(terms) + "}"
        case .object(let items):
            "{" + items.map { text($0.key) + ": " + text($0.value) }.joined(separator: ", ") + "}"
        case .arrayComprehension(let head, let body): "[\(text(head)) | \(text(body: body))]"
        case .setComprehension(let head, let body): "{\(text(head)) | \(text(body: body))}"
        case .objectComprehension(let key, let value, let body):
            "{\(text(key)): \(text(value)) | \(text(body: body))}"
        case .templateString(let template): text(template)
        }
    }

    /// `data.a["b-c"][x]`.
    func text(ref: [Term]) -> String {
        guard let head = ref.first else { return "" }
        var result = text(head)
        if case .string(let name) = head.value { result = symbols[name] }
        for operand in ref.dropFirst() {
            if case .string(let symbol) = operand.value, Self.isName(symbols[symbol]) {
                result += "." + symbols[symbol]
            } else {
                result += "[" + text(operand) + "]"
            }
        }
        return result
    }

    func text(body: Body) -> String {
        body.map { text($0) }.joined(separator: "; ")
    }

    func text(_ expression: Expression) -> String {
        var result = expression.isNegated ? "not " : ""
        switch expression.kind {
        case .term(let term): result += text(term)
        case .call(let terms): result += callExpression(terms)
        case .someDeclaration(let terms): result += "some " + list(terms)
        case .every(let every):
            let key = every.key.map { text($0) + ", " } ?? ""
            result += "every \(key)\(text(every.value)) in \(text(every.domain)) "
            result += "{ \(text(body: every.body)) }"
        case .negation(let body): result += "not { \(text(body: body)) }"
        case .and(let left, let right): result += binary("and", left, right)
        case .or(let left, let right): result += binary("or", left, right)
        }
        for modifier in expression.modifiers {
            result += " with \(text(modifier.target)) as \(text(modifier.value))"
        }
        return result
    }

    private func binary(_ word: String, _ left: Body, _ right: Body) -> String {
        "\(text(body: left)) \(word) \(text(body: right))"
    }

    private func callExpression(_ terms: [Term]) -> String {
        guard terms.count == 3 else { return call(terms) }
        if terms[0].isOperator(.eq) { return "\(text(terms[1])) = \(text(terms[2]))" }
        if terms[0].isOperator(.assign) { return "\(text(terms[1])) := \(text(terms[2]))" }
        return call(terms)
    }

    private func call(_ terms: [Term]) -> String {
        text(terms[0]) + "(" + list(Array(terms.dropFirst())) + ")"
    }

    private func list(_ terms: [Term]) -> String {
        terms.map { text($0) }.joined(separator: ", ")
    }

    private func name(_ symbol: Symbol) -> String {
        let text = symbols[originalNames[symbol] ?? symbol]
        return text.hasPrefix("$") || text == anonymousName ? "_" : text
    }

    private func text(_ template: TemplateString) -> String {
        var result = "$\""
        for part in template.parts {
            switch part {
            case .literal(let term):
                if case .string(let symbol) = term.value {
                    result += symbols[symbol]
                } else {
                    result += "{\(text(term))}"
                }
            case .expression(let expression): result += "{\(text(expression))}"
            }
        }
        return result + "\""
    }

    /// The text is a name that `.` may precede.
    static func isName(_ text: String) -> Bool {
        var bytes = Substring(text).utf8
        guard let first = bytes.popFirst() else { return false }
        guard isLetter(first) else { return false }
        return bytes.allSatisfy { isLetter($0) || $0 >= 0x30 && $0 <= 0x39 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte == 0x5F || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
    }

    /// The text in quotes, escaped as Go's `strconv.Quote` does for what may stand in a policy.
    static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
