/// Why a path is refused with 400: readers disagree about what it names.
public enum PathError: Error, Equatable, Sendable {
    /// Does not start with `/`.
    case notAbsolute
    /// A byte that no URI holds: a control, a space, `#`, a backslash, anything above 0x7E.
    case forbiddenByte(at: Int)
    /// `%` without two hexadecimal digits.
    case percentMalformed(at: Int)
    /// `%2F`, `%5C`, or a control in percent-encoding.
    case delimiterEncoded(at: Int)
    /// `%25` before two digits that encode what must be plain or must not be encoded at all.
    case encodedTwice(at: Int)
    /// Encoded bytes that are not UTF-8, or a full-width `.`, `/` or `\`.
    case textMalformed(at: Int)
    /// `..;x`, `.;x`, `;x`: a parameter on a segment that some readers take for a dot segment.
    case parameterOnDotSegment(at: Int)
    case tooLong
}
