/// One field line of a parsed head.
public struct Field: Sendable {
    public let name: FieldName
    /// Token characters, in the sender's case.
    public let nameRange: ByteRange
    /// Without the white space around it; may be empty.
    public let valueRange: ByteRange
    /// `Connection` names this field: it ends here and is not forwarded (RFC 9110 §7.6.1).
    public internal(set) var isNominated = false
    /// The name has an underscore, which some programs read as a hyphen.
    public let hasUnderscore: Bool
    /// Written as `name: value`, with one space and none after it.
    let isCanonical: Bool
}
