/// Finds the functions whose results are worth remembering: those that one scope may call more than
/// once, and that do more than a few comparisons.
struct RepeatedCalls {
    /// Whether a function may be called again with what it was called with before.
    private var isRepeated: [Bool]
    private let functions: [PlannedFunction]

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
        self.functions = functions
        isRepeated = Array(repeating: false, count: functions.count)
        var isCalled = isRepeated
        var found: [Int] = []
        for function in functions {
            var isInLoop = false
            for instruction in function.code.instructions {
                switch instruction.opcode {
                case .next, .nextIndexed: isInLoop = true
                case .callFunction:
                    let callee = Int(instruction.b)
                    if isInLoop || isCalled[callee] { found.append(callee) }
                    isCalled[callee] = true
                default: break
                }
            }
        }
        while let function = found.popLast() {
            guard !isRepeated[function] else { continue }
            isRepeated[function] = true
            found += callees(of: function)
        }
    }

    private func callees(of function: Int) -> [Int] {
        functions[function].code.instructions.lazy.filter { $0.opcode == .callFunction }
            .map { Int($0.b) }
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
