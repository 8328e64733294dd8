/// Finds the functions whose results are worth remembering: those that one scope may call again
/// with equal arguments, and that do more than a few comparisons.
struct RepeatedCalls {
    private let sites: [[CallSites.Site]]
    /// Whether a function may be called more than once.
    private var isCalledOften: [Bool]
    /// Whether it may be called again with what it was called with before.
    private var isRepeated: [Bool]

    /// - Parameter infix: whether the builtin of a number is an operator.
    static func remembered(
        in functions: [PlannedFunction], infix: (Int32) -> Bool
    ) -> [Bool] {
        let calls = RepeatedCalls(functions)
        return functions.indices.map { number in
            (1...CallMemo.argumentsMax).contains(functions[number].argumentCount)
                && calls.isRepeated[number]
                && functions[number].code.instructions.contains { isDear($0, infix) }
        }
    }

    private init(_ functions: [PlannedFunction]) {
        sites = functions.map { CallSites($0, among: functions).sites }
        isCalledOften = Array(repeating: false, count: functions.count)
        isRepeated = isCalledOften
        var siteCounts = Array(repeating: 0, count: functions.count)
        for site in sites.joined() { siteCounts[site.callee] += 1 }
        for site in sites.joined() {
            if siteCounts[site.callee] > 1 { isRepeated[site.callee] = true }
            if site.isRepeated { isRepeated[site.callee] = true }
            if site.isInLoop || siteCounts[site.callee] > 1 { isCalledOften[site.callee] = true }
        }
        Self.spread(&isCalledOften, over: sites) { _ in true }
        for caller in sites.indices where isCalledOften[caller] {
            for site in sites[caller] where !site.dependsOnArguments {
                isRepeated[site.callee] = true
            }
        }
        // A function that is not remembered itself makes its calls again.
        Self.spread(&isRepeated, over: sites) {
            functions[$0].argumentCount > CallMemo.argumentsMax
        }
    }

    /// What holds for a function holds for those it calls, if `passesOn` says so.
    private static func spread(
        _ property: inout [Bool], over sites: [[CallSites.Site]], _ passesOn: (Int) -> Bool
    ) {
        var pending = property.indices.filter { property[$0] }
        while let caller = pending.popLast() {
            guard passesOn(caller) else { continue }
            for site in sites[caller] where !property[site.callee] {
                property[site.callee] = true
                pending.append(site.callee)
            }
        }
    }

    /// Whether an instruction alone may take longer than finding a result again.
    private static func isDear(_ instruction: Instruction, _ infix: (Int32) -> Bool) -> Bool {
        switch instruction.opcode {
        case .next, .nextIndexed, .callFunction: true
        case .callBuiltin, .requireBuiltin: !infix(instruction.b)
        default: false
        }
    }
}
