/// What a tracer saw of one evaluation, in OPA's order.
///
/// It differs from OPA's trace of the same evaluation where Sluice evaluates differently: there
/// are no `Unify` events; a partial rule is evaluated as a whole when one member of it is asked
/// for; rules that OPA's index rules out by `glob.match` are entered.
public struct Trace: Sendable {
    public let events: [TraceEvent]
    /// Later events were too many to be kept.
    public let isCut: Bool
    let program: Program

    /// The last evaluation that `tracer` followed, which must be of this program. To be called
    /// before the evaluator's next `begin()`: values of variables lie in its arena.
    public init(_ tracer: Tracer, of program: Program) {
        self.program = program
        isCut = tracer.isCut
        let writer = TraceEventWriter(program, values: tracer.values)
        events = tracer.records.map { writer.event($0) }
    }

    private init(_ trace: Trace, _ events: [TraceEvent]) {
        program = trace.program
        isCut = trace.isCut
        self.events = events
    }

    /// The events of these kinds, each after the bodies and rules that lead to it.
    public func filtered(_ operations: Set<TraceEvent.Operation>) -> Trace {
        var kept: [TraceEvent] = []
        var openers: [Int: TraceEvent] = [:]
        for event in events {
            if operations.contains(event.operation) {
                var path = [event]
                var query: Int? = event.query
                while let number = query, let opener = openers[number] {
                    path.append(opener)
                    query = opener.parent == number ? nil : opener.parent
                }
                kept += path.reversed()
                openers = [:]
            }
            if event.opensQuery { openers[event.query] = event }
        }
        return Trace(self, kept)
    }
}

/// Makes events of what the tracer wrote down.
private final class TraceEventWriter {
    private let program: Program
    private let plan: TracePlan
    private let values: [Value]
    private let printer: TermPrinter
    private var texts: [Int: String] = [:]
    private var mentions: [Int: SymbolSet] = [:]

    init(_ program: Program, values: [Value]) {
        self.program = program
        self.values = values
        plan = program.tracePlan ?? TracePlan()
        printer = TermPrinter(
            symbols: program.symbols, originalNames: plan.originalNames,
            anonymousName: Program.captureName)
    }

    func event(_ record: TraceRecord) -> TraceEvent {
        let node = Int(record.node)
        guard plan.nodes.indices.contains(node) else { return event(record, nil) }
        return event(record, plan.nodes[node])
    }

    private func event(_ record: TraceRecord, _ node: TraceNode?) -> TraceEvent {
        let location = node?.location ?? SourceLocation()
        let file = node?.isQuery ?? true ? "" : program.fileName(location)
        let document = record.document < 0 ? nil : Int(record.document)
        return TraceEvent(
            operation: record.operation, query: Int(record.query), parent: Int(record.parent),
            file: file, location: location, text: text(record, document), message: message(record),
            variables: variables(record), isExpression: node?.isExpression ?? true,
            node: Int(record.node), document: document, isFalse: record.value.isFalse)
    }

    private func message(_ record: TraceRecord) -> String {
        switch record.operation {
        case .note: return record.value.string ?? TermText.string(record.value)
        case .exit: return record.isEarly ? "early" : ""
        case .index:
            let rules = record.ruleCount == 1 ? "1 rule" : "\(record.ruleCount) rules"
            return "(matched \(rules)\(record.isEarly ? ", early exit" : ""))"
        case .enter, .eval, .redo, .fail, .duplicate: return ""
        }
    }

    private func text(_ record: TraceRecord, _ document: Int?) -> String {
        if let document { return program.path(ofDocument: document) }
        let node = Int(record.node)
        if let known = texts[node] { return known }
        guard plan.nodes.indices.contains(node) else { return "" }
        let text = program.text(plan.nodes[node], printer)
        texts[node] = text
        return text
    }

    private func variables(_ record: TraceRecord) -> [TraceEvent.Variable] {
        let list = plan.variables[Int(record.variables)]
        let mentioned = list.isEmpty ? SymbolSet() : mentions(of: Int(record.node))
        return list.enumerated().compactMap { position, variable in
            let value = values[record.firstValue + position]
            guard value.isDefined else { return nil }
            let original = plan.originalNames[variable.name] ?? variable.name
            return TraceEvent.Variable(
                name: program.symbols[variable.name], original: program.symbols[original],
                text: TermText.string(value), isMentioned: mentioned.contains(variable.name),
                type: value.typeName, json: SyntaxTreeWriter.json(value))
        }.sorted { $0.original < $1.original }
    }

    private func mentions(of node: Int) -> SymbolSet {
        if let known = mentions[node] { return known }
        var found = SymbolSet()
        switch plan.nodes[node].content {
        case .expression(let expression):
            found = VariableCollector.variables(of: expression)
        case .body(let body): found = VariableCollector.variables(of: body)
        case .rule(let rule, _):
            for term in [rule.head.key, rule.head.value].compactMap({ $0 })
                + (rule.head.arguments ?? [])
            {
                found.formUnion(VariableCollector.variables(of: term))
            }
        }
        mentions[node] = found
        return found
    }
}

extension Program {
    /// The name of the source that a place is in.
    func fileName(_ location: SourceLocation) -> String {
        fileNames.indices.contains(Int(location.file)) ? fileNames[Int(location.file)] : ""
    }

    /// `data.a.b`
    func path(ofDocument document: Int) -> String {
        guard let tracePlan else { return "" }
        let names = tracePlan.documents[document].path
        let terms = names.map { Term(.string($0), SourceLocation()) }
        return TermPrinter(symbols: symbols).text(
            ref: [Term(.variable(.data), SourceLocation())] + terms)
    }

    fileprivate func text(_ node: TraceNode, _ printer: TermPrinter) -> String {
        switch node.content {
        case .rule(_, let document): path(ofDocument: document)
        case .expression(let expression): text(expression, node, printer)
        case .body(let body):
            body.map { text($0, node, printer) }.joined(separator: "; ")
        }
    }

    /// OPA takes the value of a query's term into a variable without a name.
    private func text(
        _ expression: Expression, _ node: TraceNode, _ printer: TermPrinter
    ) -> String {
        var shown = expression
        if case .every(var every) = expression.kind, let key = every.key,
            case .variable(let name) = key.value, tracePlan?.originalNames[name] == nil
        {
            every.key = nil
            shown.kind = .every(every)
        }
        let text = printer.text(shown)
        if node.isQuery, case .term = expression.kind, !expression.isNegated,
            expression.modifiers.isEmpty
        {
            return text + " = _"
        }
        return text
    }
}
