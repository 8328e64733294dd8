internal import Bytes

/// Reads `Content-Length` and `Transfer-Encoding`: whatever two readers could understand
/// differently is refused, never repaired (RFC 9112 §6.1–6.3).
enum MessageFraming {
    /// The framing that the fields declare: none, a length, or chunked.
    static func declared(
        by fields: borrowing FieldTable, in bytes: UnsafeRawBufferPointer
    ) throws(HeadError) -> BodyFraming {
        let length = fields.first(.contentLength)
        guard let coding = fields.first(.transferEncoding) else {
            guard let length else { return .none }
            if fields.repeated.contains(.contentLength) {
                throw HeadError(.contentLengthRepeated, at: length.nameRange.start)
            }
            return .contentLength(try contentLength(length.valueRange, in: bytes))
        }
        try checkChunked(coding, isRepeated: fields.repeated.contains(.transferEncoding), bytes)
        if let length {
            throw HeadError(.contentLengthWithTransferEncoding, at: length.nameRange.start)
        }
        return .chunked
    }

    /// Digits alone, less than 2^63.
    private static func contentLength(
        _ range: ByteRange, in bytes: UnsafeRawBufferPointer
    ) throws(HeadError) -> UInt64 {
        let digits = range.slice(of: bytes)
        guard !digits.isEmpty, digits.count <= 19 else {
            throw HeadError(.contentLengthMalformed, at: range.start)
        }
        var value: UInt64 = 0
        for digit in digits {
            guard ASCII.isDigit(digit) else {
                throw HeadError(.contentLengthMalformed, at: range.start)
            }
            // Nineteen digits are below 10^19, which fits.
            value = value &* 10 &+ UInt64(digit &- 0x30)
        }
        guard value <= UInt64(Int64.max) else {
            throw HeadError(.contentLengthMalformed, at: range.start)
        }
        return value
    }

    /// `chunked` alone is supported. Another coding before it is 501, all else 400.
    private static func checkChunked(
        _ field: Field, isRepeated: Bool, _ bytes: UnsafeRawBufferPointer
    ) throws(HeadError) {
        let value = field.valueRange.slice(of: bytes)
        if !isRepeated, value.equalsFolded("chunked") { return }
        var list = TokenList(value)
        var count = 0
        var chunked = 0
        var endsChunked = false
        while let coding = list.next() {
            count += 1
            endsChunked = coding.equalsFolded("chunked")
            if endsChunked { chunked += 1 }
        }
        let isKnownShape =
            list.isWellFormed && !isRepeated && endsChunked && chunked == 1 && count > 1
        throw HeadError(
            isKnownShape ? .transferCodingUnsupported : .transferEncodingMalformed,
            at: field.valueRange.start)
    }
}
