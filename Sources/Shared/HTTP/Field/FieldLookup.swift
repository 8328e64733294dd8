/// What a message says about a field that must appear once at most.
public enum FieldLookup: Equatable, Sendable {
    case absent
    /// The value, without the white space around it.
    case one(ByteRange)
    /// More than one field line: nobody can tell which is meant.
    case repeated
    /// `Connection` names it, so it was not sent to us as an end-to-end field.
    case nominated
}
