/// Why an evaluation has no answer. Not the same as an undefined result.
public struct EvaluationError: Error, Sendable, Equatable {
    /// OPA's codes.
    public enum Code: String, Sendable {
        case conflict = "eval_conflict_error"
        case type = "eval_type_error"
        case builtin = "eval_builtin_error"
        case cancelled = "eval_cancel_error"
        case withMerge = "eval_with_merge_error"
        /// The budget is used up: instructions, memory, depth or time.
        case budget = "eval_budget_error"
        case `internal` = "eval_internal_error"
    }

    public let code: Code
    public let message: String
    /// The name of the source, and where in it.
    public let file: String
    public let location: SourceLocation

    /// As OPA prints it: `policy.rego:3: eval_conflict_error: …`.
    public var description: String {
        let place = location.row == 0 ? "" : file.isEmpty ? "\(location.row):\(location.column): "
            : "\(file):\(location.row): "
        return "\(place)\(code.rawValue): \(message)"
    }
}

/// A failure inside of the machine, before it is known where in the sources it happened.
enum MachineFailure: Error {
    case budget(BudgetError)
    case builtin(number: Int, BuiltinError)
    case conflict(ConflictKind)
    case objectKeys

    var codeAndMessage: (EvaluationError.Code, String) {
        switch self {
        case .budget(.cancelled): (.cancelled, "caller cancelled query execution")
        case .budget(.tooManyInstructions): (.budget, "too many instructions")
        case .budget(.tooMuchMemory): (.budget, "too much memory")
        case .budget(.tooDeep): (.budget, "too many nested calls")
        case .budget(.tooLong): (.budget, "too much time")
        case .conflict(.completeRule):
            (.conflict, "complete rules must not produce multiple outputs")
        case .conflict(.function):
            (.conflict, "functions must not produce multiple outputs for same inputs")
        case .objectKeys: (.conflict, "object keys must be unique")
        case .builtin(_, .operand(let message)): (.type, message)
        case .builtin(_, .failure(let message)), .builtin(_, .halt(let message)):
            (.builtin, message)
        case .builtin(_, .budget(let error)): MachineFailure.budget(error).codeAndMessage
        }
    }
}
