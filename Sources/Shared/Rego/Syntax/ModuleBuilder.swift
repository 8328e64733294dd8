/// Makes a module of statements: bodies that are rules without a body become rules, and the
/// syntax that v1 asks for is checked.
struct ModuleBuilder {
    var parser: Parser
    private var errors: [RegoError] = []

    init(parser: Parser) {
        self.parser = parser
    }

    mutating func build(_ statements: [Statement]) -> Result<Module, RegoErrors> {
        guard parser.state.errors.isEmpty else { return .failure(RegoErrors(parser.state.errors)) }
        guard let first = statements.first else {
            let place = SourceLocation(file: parser.file)
            return .failure(
                RegoErrors([RegoError(code: .parse, message: "empty module", location: place)]))
        }
        var module = Module(
            package: Package(location: first.location, path: []), imports: [], rules: [],
            annotations: [], comments: parser.comments, version: parser.options.version,
            file: parser.file, features: parser.features, enclosures: parser.enclosures)
        if case .package(let package) = first {
            module.package = package
        } else {
            fail("package expected", first.location)
        }
        for statement in statements.dropFirst() { add(statement, to: &module) }
        if module.version != .v1, parser.isRegoV1Imported { module.version = .v0CompatibleWithV1 }
        if module.version != .v0 { for rule in module.rules { checkV1(rule) } }
        guard errors.isEmpty else { return .failure(RegoErrors(errors)) }
        if parser.options.processesAnnotations {
            errors += AnnotationReader.attach(to: &module, symbols: &parser.symbols)
            guard errors.isEmpty else { return .failure(RegoErrors(errors)) }
        }
        return .success(module)
    }

    private mutating func add(_ statement: Statement, to module: inout Module) {
        switch statement {
        case .import(let found): module.imports.append(found)
        case .rule(let rule): module.rules.append(rule)
        case .package(let package): fail("unexpected package", package.location)
        case .body(let body):
            guard var rule = rule(from: body) else { return }
            rule.hasGeneratedBody = true
            module.rules.append(rule)
        }
    }

    private mutating func fail(_ message: String, _ location: SourceLocation) {
        errors.append(RegoError(code: .parse, message: message, location: location))
    }

    // MARK: rules without a body

    private mutating func rule(from body: Body) -> Rule? {
        let place = body[0].location
        guard body.count == 1 else {
            fail("multiple expressions cannot be used for rule head", place)
            return nil
        }
        switch bodyless(body[0]) {
        case .success(var rule):
            rule.body = [Parser.trueExpression(rule.location)]
            return rule
        case .failure(let fault):
            fail(fault.message, place)
            return nil
        }
    }

    private struct Fault: Error {
        var message: String
    }

    private func bodyless(_ expression: Expression) -> Result<Rule, Fault> {
        if !expression.modifiers.isEmpty {
            return .failure(
                Fault(message: "expressions using with keyword cannot be used for rule head"))
        }
        if expression.isNegated {
            return .failure(Fault(message: "negated expressions cannot be used for rule head"))
        }
        switch expression.kind {
        case .someDeclaration:
            return .failure(Fault(message: "'some' declarations cannot be used for rule head"))
        case .term(let term): return fromTerm(term)
        case .call(let terms):
            if terms[0].isOperator(.eq) || terms[0].isOperator(.assign) {
                return fromAssignment(expression, terms)
            }
            return fromCall(terms)
        case .negation:
            return .failure(Fault(message: "negated expressions cannot be used for rule head"))
        case .every, .and, .or:
            return .failure(Fault(message: "expression cannot be used for rule head"))
        }
    }

    private func fromTerm(_ term: Term) -> Result<Rule, Fault> {
        guard case .ref(let ref) = term.value else {
            return .failure(Fault(message: "\(term.value.kindName) cannot be used for rule name"))
        }
        guard ref.count > 1 else {
            return .failure(Fault(message: "refs cannot be used for rule head"))
        }
        guard ref[0].value.isVariable else { return .failure(invalid(ref)) }
        var head = RuleHead(location: term.location, reference: ref)
        if ref.count > 2 {
            head.value = Term(.boolean(true), term.location)
            head.hasGeneratedValue = true
            head.hasImpliedValue = true
        } else {
            head.reference = [ref[0]]
            head.key = ref[1]
        }
        return .success(Rule(location: term.location, head: head, body: []))
    }

    private func invalid(_ ref: [Term]) -> Fault {
        Fault(message: "invalid rule head: \(parser.text(ref))")
    }

    private func fromAssignment(
        _ expression: Expression, _ terms: [Term]
    ) -> Result<Rule, Fault> {
        guard terms.count == 3 else {
            return .failure(Fault(message: "assignment requires two operands"))
        }
        let place = expression.location
        var head = RuleHead(location: place, reference: [], value: terms[2])
        head.isAssigned = terms[0].isOperator(.assign)
        switch terms[1].value {
        case .variable: head.reference = [terms[1]]
        case .ref(let ref):
            guard ref[0].value.isVariable else { return .failure(invalid(ref)) }
            head.reference = ref
            if ref.count == 2 { head.key = ref[1] }
        case .call(let call):
            guard case .ref(let ref) = call[0].value, ref[0].value.isVariable else {
                return .failure(Fault(message: "call cannot be used for rule name"))
            }
            head.reference = ref
            head.arguments = Array(call.dropFirst())
        case let other:
            return .failure(Fault(message: "\(other.kindName) cannot be used for rule name"))
        }
        return .success(Rule(location: place, head: head, body: []))
    }

    private func fromCall(_ terms: [Term]) -> Result<Rule, Fault> {
        guard case .ref(let ref) = terms[0].value else {
            return .failure(Fault(message: "call cannot be used for rule name"))
        }
        if BuiltinDeclarations.byName[parser.text(ref)] != nil {
            return .failure(Fault(message: "rule name conflicts with built-in function"))
        }
        guard terms.count > 1 else {
            return .failure(
                Fault(message: "rule argument list must take at least one argument"))
        }
        guard ref[0].value.isVariable else { return .failure(invalid(ref)) }
        let place = terms[0].location
        var head = RuleHead(
            location: place, reference: ref, arguments: Array(terms.dropFirst()),
            value: Term(.boolean(true), place))
        head.hasImpliedValue = true
        return .success(Rule(location: place, head: head, body: []))
    }

    // MARK: the syntax of v1

    private mutating func checkV1(_ rule: Rule) {
        let sort = (rule.head.arguments ?? []).isEmpty ? "rule" : "function"
        if rule.head.reference.count < 2, case .variable(let name) = rule.head.reference[0].value,
            KeywordSet.v1.token(for: name) != .identifier
        {
            let word = parser.symbols[name]
            fail("\(word) keyword cannot be used for rule name", rule.location)
        }
        if rule.hasGeneratedBody, rule.head.hasGeneratedValue {
            fail("\(sort) must have value assignment and/or body declaration", rule.location)
        }
        if !rule.hasGeneratedBody, !rule.head.usesIf, !rule.isDefault {
            fail("`if` keyword is required before \(sort) body", rule.location)
        }
        if rule.head.isPartialSet, !rule.head.usesContains {
            fail("`contains` keyword is required for partial set rules", rule.location)
        }
        for alternative in rule.alternatives { checkV1(alternative) }
    }
}
