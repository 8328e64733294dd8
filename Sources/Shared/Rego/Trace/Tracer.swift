/// Follows evaluations of a program that was planned with `TraceOptions`.
///
/// OPA's evaluator goes on with the caller's body inside of a rule's, and comes back to the rule
/// when it looks for more; the machine returns first. So what happens in a rule after its first
/// value is kept aside, as a tail of the expression that called it, until that expression is
/// exhausted: the events then stand in OPA's order.
public final class Tracer {
    /// What is written down.
    public struct Interests: OptionSet, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Every event of the last evaluation.
        public static let events = Interests(rawValue: 1)
        /// Values of variables, with each event.
        public static let variables = Interests(rawValue: 2)
        /// How often expressions and rules were evaluated, over all evaluations.
        public static let counts = Interests(rawValue: 4)
        /// The time that expressions take, over all evaluations.
        public static let times = Interests(rawValue: 8)
    }

    /// An expression that is being evaluated.
    struct Activation {
        let node: Int32
        var hasSolution = false
        /// What called documents do once another value is asked of them.
        var tails: [[TraceRecord]] = []
    }

    private struct Query {
        let id: Int32
        let parent: Int32
        let node: Int32
        /// How many activations are not its own.
        let outer: Int
    }

    /// A call of a document that has rules.
    private struct Call {
        let lookup: RuleLookup.Result
        var hasTail = false
        /// What its partial rules have made.
        var members = Set<ValueKey>()
    }

    private struct LookupKey: Hashable {
        let document: Int32
        let scope: UnsafeMutablePointer<Value>
    }

    private let interests: Interests
    private let eventsMax: Int
    private let plan: TracePlan

    private(set) var records: [TraceRecord] = []
    /// There were more events than may be kept.
    public private(set) var isCut = false
    /// Values of variables that records refer to.
    private(set) var values: [Value] = []
    private(set) var meter: TraceMeter

    private var queries: [Query] = []
    private var activations: [Activation] = []
    private var calls: [Call] = []
    private var tails: [[TraceRecord]] = []
    private var nextQuery: Int32 = 0
    private var recordCount = 0
    /// Called, and not entered so far: its result may be remembered.
    private var pending: (document: Int32, scope: UnsafeMutablePointer<Value>)?
    private var lookups: [LookupKey: RuleLookup.Result] = [:]

    /// - Parameter eventsMax: what comes after that many events is left out.
    public init(_ program: Program, _ interests: Interests, eventsMax: Int = 2_000_000) {
        self.interests = interests
        self.eventsMax = eventsMax
        plan = program.tracePlan ?? TracePlan()
        meter = TraceMeter(nodeCount: plan.nodes.count, measuresTime: interests.contains(.times))
    }

    /// No evaluation is under way: time runs for no expression.
    func endMeasuring() { meter.end() }

    /// Answers whether the machine goes to the instruction's target.
    func perform(
        _ operation: TraceOperation, _ step: Instruction, _ moment: TraceMoment
    ) -> Bool {
        switch operation {
        case .begin: begin()
        case .enterDocument: enterDocument(step.b, moment)
        case .guardLink: return !(calls.last?.lookup.matched[Int(step.c)] ?? true)
        case .leaveDocument: leaveDocument()
        case .call: call(step.b, moment)
        case .settle: settle()
        case .enter: enter(step, moment)
        case .solution: solution(step, moment)
        case .member: member(step, moment)
        case .onlySolution: onlySolution(step, moment)
        case .value: return value(step, moment)
        case .redoRule: record(.redo, step.b, step.d, moment)
        case .unwindRule: unwindRule(step, moment)
        case .leave: leave(step, moment)
        case .evaluate: evaluate(step, moment)
        case .redo: redo(step, moment)
        case .exhausted: exhausted(step, moment)
        case .fail: record(.fail, step.b, step.d, moment)
        case .note: note(step, moment)
        case .everyNext: record(.redo, step.b, step.d, moment)
        case .everyFails:
            record(.fail, step.b, step.d, moment)
            leave(step, moment)
        case .everyHolds: everyHolds(step, moment)
        }
        return false
    }

    private func begin() {
        records.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        (queries, activations, calls, tails) = ([], [], [], [])
        lookups = [:]
        pending = nil
        nextQuery = 0
        recordCount = 0
        isCut = false
        meter.begin()
    }

    // MARK: Documents

    private func call(_ document: Int32, _ moment: TraceMoment) {
        resolvePending(moment)
        pending = (document, moment.scope.pointee.memo)
    }

    private func enterDocument(_ document: Int32, _ moment: TraceMoment) {
        let found = plan.documents[Int(document)].lookup.match(moment)
        if pending?.document == document {
            lookups[LookupKey(document: document, scope: moment.scope.pointee.memo)] = found
            pending = nil
            record(index: document, found, moment)
        }
        calls.append(Call(lookup: found))
    }

    /// A call that entered nothing found a remembered result; the index was asked all the same.
    private func resolvePending(_ moment: TraceMoment) {
        guard let call = pending else { return }
        pending = nil
        guard let known = lookups[LookupKey(document: call.document, scope: call.scope)] else {
            return
        }
        record(index: call.document, known, moment)
    }

    private func leaveDocument() {
        guard let call = calls.popLast(), call.hasTail, let tail = tails.popLast() else { return }
        guard !activations.isEmpty else { return append(tail) }
        activations[activations.count - 1].tails.append(tail)
    }

    private func settle() {
        guard !activations.isEmpty else { return }
        let done = activations[activations.count - 1].tails
        activations[activations.count - 1].tails = []
        for tail in done.reversed() { append(tail) }
    }

    // MARK: Queries

    private func enter(_ step: Instruction, _ moment: TraceMoment) {
        resolvePending(moment)
        let parent = queries.last?.id ?? 0
        queries.append(
            Query(id: nextQuery, parent: parent, node: step.b, outer: activations.count))
        nextQuery += 1
        record(.enter, step.b, step.d, moment)
    }

    private func leave(_ step: Instruction, _ moment: TraceMoment) {
        resolvePending(moment)
        guard let query = queries.popLast() else { return }
        assert(query.node == step.b, "the wrong body or rule is left")
        while activations.count > query.outer { activations.removeLast() }
    }

    private func solution(_ step: Instruction, _ moment: TraceMoment) {
        meter.exit(step.b)
        record(.exit, step.b, step.d, moment)
        record(.redo, step.b, step.d, moment)
    }

    /// As OPA, tells of a member that was there already in another way, and asks for the next one.
    private func member(_ step: Instruction, _ moment: TraceMoment) {
        let member = ValueKey(moment.value(step.c))
        guard calls.isEmpty || calls[calls.count - 1].members.insert(member).inserted else {
            meter.exit(step.b)
            return record(.duplicate, step.b, step.d, moment)
        }
        solution(step, moment)
    }

    private func onlySolution(_ step: Instruction, _ moment: TraceMoment) {
        record(.exit, step.b, step.d, moment, isEarly: true)
        record(.redo, step.b, step.d, moment)
        unwind(moment)
        leave(step, moment)
    }

    private func value(_ step: Instruction, _ moment: TraceMoment) -> Bool {
        guard let call = calls.last else { return false }
        meter.exit(step.b)
        record(
            .exit, step.b, step.d, moment, isEarly: call.lookup.isEarlyExit,
            value: moment.value(step.c))
        if !call.hasTail {
            calls[calls.count - 1].hasTail = true
            tails.append([])
        }
        return call.lookup.isEarlyExit
    }

    private func unwindRule(_ step: Instruction, _ moment: TraceMoment) {
        record(.redo, step.b, step.d, moment)
        unwind(moment)
        leave(step, moment)
        leaveDocument()
    }

    /// Leaves the query's expressions for good. A rule that one of them called is not asked for
    /// another value, but its body is left as well.
    private func unwind(_ moment: TraceMoment) {
        let outer = queries.last?.outer ?? 0
        while activations.count > outer, let activation = activations.popLast() {
            let node = plan.nodes[Int(activation.node)]
            if node.hasRedo {
                meter.redo(activation.node)
                record(.redo, activation.node, node.variables, moment)
            }
            for tail in activation.tails.reversed() { append(tail.dropFirst(startsWithRedo(tail))) }
        }
    }

    private func startsWithRedo(_ tail: [TraceRecord]) -> Int {
        guard let first = tail.first, first.operation == .redo else { return 0 }
        return plan.nodes[Int(first.node)].rule == nil ? 0 : 1
    }

    // MARK: Expressions

    private func evaluate(_ step: Instruction, _ moment: TraceMoment) {
        meter.evaluate(step.b)
        record(.eval, step.b, step.d, moment)
        activations.append(Activation(node: step.b))
    }

    private func redo(_ step: Instruction, _ moment: TraceMoment) {
        guard let last = activations.indices.last else { return }
        activations[last].hasSolution = true
        guard plan.nodes[Int(step.b)].hasRedo else { return }
        meter.redo(step.b)
        record(.redo, step.b, step.d, moment)
    }

    private func exhausted(_ step: Instruction, _ moment: TraceMoment) {
        resolvePending(moment)
        guard let activation = activations.popLast() else { return }
        for tail in activation.tails.reversed() { append(tail[...]) }
        if !activation.hasSolution { record(.fail, step.b, step.d, moment) }
    }

    private func note(_ step: Instruction, _ moment: TraceMoment) {
        resolvePending(moment)
        guard interests.contains(.events), let query = queries.last else { return }
        append(
            TraceRecord(
                operation: .note, node: activations.last?.node ?? -1, query: query.id,
                parent: query.parent, value: moment.value(step.c)))
    }

    private func everyHolds(_ step: Instruction, _ moment: TraceMoment) {
        resolvePending(moment)
        tails.append([])
        record(.exit, step.b, step.d, moment)
        let tail = tails.popLast() ?? []
        leave(step, moment)
        guard !activations.isEmpty else { return append(tail) }
        activations[activations.count - 1].tails.append(tail)
    }

    // MARK: Recording

    private func record(
        _ operation: TraceEvent.Operation, _ node: Int32, _ variables: Int32,
        _ moment: TraceMoment, isEarly: Bool = false, value: Value = .undefined
    ) {
        resolvePending(moment)
        guard interests.contains(.events), let query = queries.last else { return }
        var record = TraceRecord(
            operation: operation, node: node, query: query.id, parent: query.parent)
        record.isEarly = isEarly
        record.value = value
        if interests.contains(.variables) {
            record.variables = variables
            record.firstValue = values.count
            for variable in plan.variables[Int(variables)] {
                values.append(moment.value(variable.operand))
            }
        }
        append(record)
    }

    private func record(
        index document: Int32, _ found: RuleLookup.Result, _ moment: TraceMoment
    ) {
        guard interests.contains(.events), let query = queries.last,
            let node = activations.last?.node
        else { return }
        var record = TraceRecord(
            operation: .index, node: node, query: query.id, parent: query.parent)
        record.document = document
        record.ruleCount = Int32(truncatingIfNeeded: found.ruleCount)
        record.isEarly = found.isEarlyExit
        append(record)
    }

    private func append(_ record: TraceRecord) {
        guard recordCount < eventsMax else {
            isCut = true
            return
        }
        recordCount += 1
        if tails.isEmpty {
            records.append(record)
        } else {
            tails[tails.count - 1].append(record)
        }
    }

    private func append(_ tail: some Sequence<TraceRecord>) {
        if tails.isEmpty {
            records.append(contentsOf: tail)
        } else {
            tails[tails.count - 1].append(contentsOf: tail)
        }
    }
}
