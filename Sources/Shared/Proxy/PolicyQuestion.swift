public import HTTP

/// What policy is asked about, beside the request's head.
public struct PolicyQuestion {
    /// Who asks, as the role found out by itself.
    public struct Caller {
        public let keyID: UnsafeRawBufferPointer
        public let role: UnsafeRawBufferPointer
        public let tier: UnsafeRawBufferPointer

        public init(
            keyID: UnsafeRawBufferPointer, role: UnsafeRawBufferPointer,
            tier: UnsafeRawBufferPointer
        ) {
            self.keyID = keyID
            self.role = role
            self.tier = tier
        }
    }

    /// The normalised path, without the query.
    public let path: UnsafeRawBufferPointer
    /// Nil: nobody that is known.
    public let caller: Caller?
    /// What stays out of `headers`: credentials, and what only this process may say.
    public let hidden: FieldFilter

    public init(path: UnsafeRawBufferPointer, caller: Caller?, hidden: FieldFilter) {
        self.path = path
        self.caller = caller
        self.hidden = hidden
    }
}
