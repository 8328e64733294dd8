extension Machine {
    /// Notes where to return to, if there is room for one more call.
    @inline(__always) func enter(
        _ function: Int, from position: Int, _ base: UnsafeMutablePointer<Value>, _ depth: Int,
        _ entry: CallMemo.EntryPointer?
    ) throws(MachineFailure) {
        try spend()
        let caller = Int(code[position].d)
        let used = (base - registers) &+ caller &+ Int(functions[function].registerCount)
        guard depth < frameCountMax, used < registerCountMax else { throw .budget(.tooDeep) }
        frames[depth] = Frame(
            position: position, base: base, function: Int32(truncatingIfNeeded: function),
            call: entry?.pointee.call ?? 0, entry: entry)
    }

    /// Keeps what a function has answered, where its results are remembered.
    @inline(__always) func remember(
        _ result: Value, _ frame: Frame, _ scope: UnsafeMutablePointer<Scope>
    ) {
        switch functions[Int(frame.function)].memory {
        case .none: return
        case .document:
            scope.pointee.memo[Int(frame.function)] =
                result.isUndefined ? .knownUndefined : result
        case .calls, .definedCalls:
            guard let entry = frame.entry, entry.pointee.call == frame.call else { return }
            if result.isDefined {
                entry.pointee.result = result
            } else if functions[Int(frame.function)].memory == .calls {
                entry.pointee.result = .knownUndefined
            }
        }
    }
}
