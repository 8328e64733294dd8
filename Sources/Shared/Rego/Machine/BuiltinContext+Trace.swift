extension BuiltinContext {
    /// Carries out a trace instruction; answers whether to go to its target. It takes what it needs
    /// one by one: the machine itself, as an argument, would have to lie in memory.
    @inline(never)
    func trace(
        _ step: UnsafeMutablePointer<Instruction>, _ base: UnsafeMutablePointer<Value>,
        _ scope: UnsafeMutablePointer<Scope>, _ constants: UnsafeMutablePointer<Value>
    ) -> Bool {
        guard let tracer, let operation = TraceOperation(rawValue: step.pointee.a) else {
            return false
        }
        let moment = TraceMoment(base: base, scope: scope, constants: constants)
        return tracer.perform(operation, step.pointee, moment)
    }
}

/// The machine as a tracer sees it during one instruction.
struct TraceMoment {
    let base: UnsafeMutablePointer<Value>
    let scope: UnsafeMutablePointer<Scope>
    let constants: UnsafeMutablePointer<Value>

    func value(_ operand: Int32) -> Value {
        operand >= 0 ? base[Int(operand)] : constants[Int(~operand)]
    }
}
