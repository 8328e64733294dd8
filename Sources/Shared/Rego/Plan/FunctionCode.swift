/// The code of one function while it is planned.
struct FunctionCode {
    private(set) var instructions: [Instruction] = []
    /// For each instruction the index of its place in `locations`.
    private(set) var places: [UInt32] = []
    private(set) var locations: [SourceLocation] = [SourceLocation()]
    private var labels: [Int32] = []
    private var lastLabel: Int32 = -1
    private(set) var registerCount: Int32
    private var nextRegister: Int32

    /// Where to go when what is being planned has no (further) solution.
    var fail: Label

    struct Label: Equatable {
        let id: Int32
    }

    /// - Parameter arguments: registers 1 ... arguments hold them; register 0 is the result.
    init(arguments: Int) {
        nextRegister = Int32(arguments) + 1
        registerCount = nextRegister
        fail = Label(id: 0)
        labels = [-1]
    }

    mutating func newLabel() -> Label {
        labels.append(-1)
        return Label(id: Int32(labels.count - 1))
    }

    /// The label means the next instruction.
    mutating func place(_ label: Label) {
        labels[Int(label.id)] = Int32(instructions.count)
        lastLabel = Int32(instructions.count)
    }

    mutating func register(_ count: Int = 1) -> Int32 {
        let first = nextRegister
        nextRegister += Int32(count)
        registerCount = max(registerCount, nextRegister)
        return first
    }

    /// The register that will be handed out next.
    var registerMark: Int32 { nextRegister }

    /// Forgets registers handed out since the mark was read.
    mutating func release(to mark: Int32) { nextRegister = mark }

    mutating func at(_ location: SourceLocation) {
        if locations[locations.count - 1] != location { locations.append(location) }
    }

    mutating func emit(
        _ opcode: Opcode, _ a: Int32 = 0, _ b: Int32 = 0, _ c: Int32 = 0, _ d: Int32 = 0
    ) {
        instructions.append(Instruction(opcode: opcode, a: a, b: b, c: c, d: d))
        places.append(UInt32(locations.count - 1))
    }

    mutating func emit(
        _ opcode: Opcode, _ a: Int32 = 0, _ b: Int32 = 0, _ c: Int32 = 0, _ d: Int32 = 0,
        to label: Label
    ) {
        emit(opcode, a, b, c, d)
        instructions[instructions.count - 1].target = label.id
    }

    mutating func jump(to label: Label) { emit(.jump, to: label) }

    /// Lets the last instruction write `register` instead of `operand`, when it is the one that
    /// made `operand` and nothing else can know it.
    mutating func retarget(_ operand: Int32, to register: Int32, since mark: Int32) -> Bool {
        guard operand >= mark, lastLabel != Int32(instructions.count),
            let last = instructions.last, last.a == operand, last.opcode.writesA
        else { return false }
        instructions[instructions.count - 1].a = register
        return true
    }

    /// Lets the builtin call that made `operand` demand that it is true, if the last instruction is
    /// that call and fails to `fail` anyway.
    mutating func requireTrue(ofCall operand: Int32) -> Bool {
        guard lastLabel != Int32(instructions.count), let last = instructions.last,
            last.opcode == .callBuiltin, last.a == operand, last.target == fail.id
        else { return false }
        instructions[instructions.count - 1].opcode = .requireBuiltin
        return true
    }

    /// The instructions with labels resolved to positions from `base` on.
    func resolved(base: Int32) -> [Instruction] {
        instructions.map { instruction in
            var instruction = instruction
            if instruction.target >= 0 {
                instruction.target = base + labels[Int(instruction.target)]
            }
            if instruction.opcode == .callRule || instruction.opcode == .callFunction {
                instruction.d = registerCount
            }
            return instruction
        }
    }
}

extension Opcode {
    /// Whether `a` is a register that the instruction computes afresh.
    var writesA: Bool {
        switch self {
        case .move, .input, .inputPath, .dataRoot, .path, .dot, .compare, .member, .pair,
            .arithmetic, .finishArray, .finishSet, .finishObject, .finishTree, .makeArray,
            .makeSet, .makeObject, .makeShapedObject, .mergeDocuments, .callRule, .callFunction,
            .callBuiltin:
            true
        default: false
        }
    }
}
