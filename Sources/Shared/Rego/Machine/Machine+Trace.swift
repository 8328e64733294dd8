extension Machine {
    /// Carries out a trace instruction; answers whether to go to its target.
    @inline(never)
    func trace(
        _ step: UnsafeMutablePointer<Instruction>, _ base: UnsafeMutablePointer<Value>,
        _ scope: UnsafeMutablePointer<Scope>
    ) -> Bool {
        guard let tracer = context.tracer,
            let operation = TraceOperation(rawValue: step.pointee.a)
        else { return false }
        let moment = TraceMoment(machine: self, base: base, scope: scope)
        return tracer.perform(operation, step.pointee, moment)
    }
}

/// The machine as a tracer sees it during one instruction.
struct TraceMoment {
    let machine: Machine
    let base: UnsafeMutablePointer<Value>
    let scope: UnsafeMutablePointer<Scope>

    func value(_ operand: Int32) -> Value {
        operand >= 0 ? base[Int(operand)] : machine.constants[Int(~operand)]
    }
}
