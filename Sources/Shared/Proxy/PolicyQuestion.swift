public import HTTP

/// What policy is asked about, beside the request's head.
public struct PolicyQuestion {
    /// Who asks, as the role found out by itself.
    public enum Caller {
        /// Nobody that is known.
        case nobody
        /// Who presented an API key.
        case key(
            id: UnsafeRawBufferPointer, role: UnsafeRawBufferPointer,
            tier: UnsafeRawBufferPointer)
        /// A sandbox that calls an external service.
        case sandbox(id: UnsafeRawBufferPointer, service: UnsafeRawBufferPointer)

        /// The name that `source.principal` has; nil when nobody is known.
        var principal: UnsafeRawBufferPointer? {
            switch self {
            case .nobody: nil
            case .key(let id, _, _), .sandbox(let id, _): id
            }
        }
    }

    /// The normalised path, without the query.
    public let path: UnsafeRawBufferPointer
    public let caller: Caller
    /// What stays out of `headers`: credentials, and what only this process may say. The role's
    /// settings hold it.
    public unowned(unsafe) let hidden: FieldFilter

    public init(path: UnsafeRawBufferPointer, caller: Caller, hidden: FieldFilter) {
        self.path = path
        self.caller = caller
        self.hidden = hidden
    }
}
