public import Rego

/// What of a trace is shown: the values of `--explain`.
public enum TraceFilter: String, Sendable, CaseIterable {
    case off, full, notes, fails, debug
    /// What `opa test --verbose` shows of a failed test.
    case notesAndFails

    public func apply(to trace: Trace) -> Trace {
        switch self {
        case .off: trace.filtered([])
        case .full, .debug: trace
        case .notes: trace.filtered([.note])
        case .fails: trace.filtered([.fail])
        case .notesAndFails: trace.filtered([.note, .fail])
        }
    }
}
