/// The calls of functions in a function's code, and whether each may come again with the arguments
/// that it came with before.
struct CallSites {
    struct Site {
        let callee: Int
        /// It may be made more than once while its function is evaluated once.
        let isInLoop: Bool
        /// It stands in a loop whose turns make no difference to its arguments.
        let isRepeated: Bool
        /// The function's own arguments make a difference to those of the call.
        let dependsOnArguments: Bool
    }

    /// A set of loops, and of the function's own arguments as if they came from one: bits. Loops
    /// past the last bit share it.
    private typealias Sources = UInt64

    private static let ownArguments: Sources = 1
    private static let lastLoop = Sources.bitWidth - 1

    private(set) var sites: [Site] = []
    private let instructions: [Instruction]
    /// Where the values of each register come from.
    private var sources: [Sources]
    private var loops: [(position: Int, end: Int, source: Sources)] = []

    private let functions: [PlannedFunction]

    init(_ function: PlannedFunction, among functions: [PlannedFunction]) {
        self.functions = functions
        guard function.code.instructions.contains(where: { $0.opcode == .callFunction }) else {
            (instructions, sources) = ([], [])
            return
        }
        // Targets as positions in this code.
        instructions = function.code.resolved(base: 0)
        sources = Array(repeating: 0, count: Int(function.code.registerCount) + 2)
        if function.argumentCount > 0 {
            for argument in 1...function.argumentCount { sources[argument] = Self.ownArguments }
        }
        for position in instructions.indices { follow(position) }
    }

    private mutating func follow(_ position: Int) {
        let step = instructions[position]
        switch step.opcode {
        case .next, .nextIndexed:
            let source = Sources(1) << Sources(min(loops.count + 1, Self.lastLoop))
            loops.append((position, end(of: step, at: position), source))
            let all = source | read(step.b)
            write(step.c, all)
            write(step.d, all)
        case .callFunction:
            // `d` is the size of the frame.
            let count = Int32(functions[Int(step.b)].argumentCount)
            let arguments = read(from: step.c, count: count)
            note(step, position, arguments)
            write(step.a, arguments)
        case .append, .insert, .setMember, .addToTree, .setResult:
            write(step.a, read(step.a) | inputs(of: step))
        case .requireBuiltin, .iterate, .iterateIndex, .withoutMember, .newArray, .newSet,
            .newObject, .newTree:
            write(step.a, inputs(of: step))
        default:
            if step.opcode.writesA { write(step.a, inputs(of: step)) }
        }
    }

    /// Where the operands of a step that makes a value come from. What is no register, such as the
    /// number of a path, an index or a rule, is no source.
    private func inputs(of step: Instruction) -> Sources {
        switch step.opcode {
        case .makeArray, .makeSet, .makeShapedObject: read(from: step.b, count: step.d)
        case .makeObject: read(from: step.b, count: step.d &* 2)
        case .callBuiltin, .requireBuiltin: read(from: step.c, count: step.d)
        case .move, .path, .iterate, .append, .insert, .setResult, .finishArray, .finishSet,
            .finishObject, .finishTree:
            read(step.b)
        case .dot, .compare, .member, .arithmetic, .mergeDocuments, .withoutMember, .setMember,
            .addToTree:
            read(step.b) | read(step.c)
        case .pair: read(step.b) | read(step.c) | read(step.d)
        case .iterateIndex: read(step.b) | read(step.d)
        default: 0
        }
    }

    /// What follows a loop in a body is its body: it ends where the loop goes at its end or, when
    /// that is another turn of an outer loop, where that one ends.
    private func end(of step: Instruction, at position: Int) -> Int {
        let target = Int(step.target)
        if target > position { return target }
        return loops.last { $0.position <= position && target <= $0.position && $0.end > position }?
            .end ?? instructions.count
    }

    private mutating func note(_ step: Instruction, _ position: Int, _ arguments: Sources) {
        let around = loops.filter { $0.position < position && position < $0.end }
        sites.append(
            Site(
                callee: Int(step.b), isInLoop: !around.isEmpty,
                isRepeated: around.contains { $0.source & arguments == 0 },
                dependsOnArguments: arguments & Self.ownArguments != 0))
    }

    private func read(_ operand: Int32) -> Sources {
        sources.indices.contains(Int(operand)) ? sources[Int(operand)] : 0
    }

    private func read(from first: Int32, count: Int32) -> Sources {
        guard first >= 0, count > 0 else { return 0 }
        let range = Int(first)..<min(Int(first) + Int(count), sources.count)
        return range.isEmpty ? 0 : sources[range].reduce(0, |)
    }

    private mutating func write(_ register: Int32, _ value: Sources) {
        if sources.indices.contains(Int(register)) { sources[Int(register)] = value }
    }
}
