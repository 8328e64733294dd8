/// Why a head is refused. Nothing of the message may be forwarded and the connection must close,
/// because where the next message starts is not known.
public struct HeadError: Error, Equatable, Sendable {
    public enum Reason: String, Sendable {
        case requestLineMalformed, methodMalformed, methodTooLong
        case targetMalformed, targetTooLong
        case versionMalformed, versionUnsupported
        case statusLineMalformed, switchingProtocolsUnasked
        case bareLineFeed, bareCarriageReturn, lineFolded
        case fieldNameMalformed, spaceBeforeColon, colonMissing, fieldValueMalformed
        case tooManyFields, headTooLarge
        case hostMissing, hostRepeated, hostMalformed
        case contentLengthMalformed, contentLengthRepeated, contentLengthWithTransferEncoding
        case transferEncodingMalformed, transferCodingUnsupported, transferEncodingInHTTP10
        case connectionMalformed, expectationUnsupported
    }

    public let reason: Reason
    /// The byte of the head where it was noticed.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// What a client is told. A response head that is refused is 502 whatever the reason.
    public var status: Int {
        switch reason {
        case .targetTooLong: 414
        case .expectationUnsupported: 417
        case .tooManyFields, .headTooLarge: 431
        case .methodTooLong, .transferCodingUnsupported: 501
        case .versionUnsupported: 505
        case .requestLineMalformed, .methodMalformed, .targetMalformed, .versionMalformed,
            .statusLineMalformed, .switchingProtocolsUnasked, .bareLineFeed, .bareCarriageReturn,
            .lineFolded, .fieldNameMalformed, .spaceBeforeColon, .colonMissing,
            .fieldValueMalformed, .hostMissing, .hostRepeated, .hostMalformed,
            .contentLengthMalformed, .contentLengthRepeated, .contentLengthWithTransferEncoding,
            .transferEncodingMalformed, .transferEncodingInHTTP10, .connectionMalformed:
            400
        }
    }
}
