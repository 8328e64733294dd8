/// One field of a head on its way out, as it lies in the head's text.
struct H2OutgoingField {
    enum Kind: UInt8 {
        case regular
        /// Pseudo-header fields (RFC 9113 §8.3).
        case method, schemeHTTP, schemeHTTPS, path, authority, status
    }

    var kind = Kind.regular
    var name = FieldName.other
    var nameRange = ByteRange.empty
    var valueRange = ByteRange.empty
}
