public import Bytes

extension LineBuilder {
    /// The longest `grpc-message`, in bytes before its encoding.
    public static let grpcMessageBytesMax = 1024

    /// The `grpc-status` and `grpc-message` lines, each with its CRLF. What of the message is not
    /// printable ASCII, and the percent sign, is percent-encoded.
    public mutating func append(grpcStatus code: GRPCCode, message: String) {
        append("grpc-status: ")
        append(decimal: UInt64(code.rawValue))
        append("\r\n")
        guard !message.isEmpty else { return }
        append("grpc-message: ")
        for byte in message.utf8.prefix(Self.grpcMessageBytesMax) {
            if byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "%") {
                append(byte)
            } else {
                append(UInt8(ascii: "%"))
                append(hex: byte)
            }
        }
        append("\r\n")
    }

    /// The `grpc-status-details-bin` line: a google.rpc.Status, encoded.
    public mutating func append(grpcDetails bytes: [UInt8]) {
        append("grpc-status-details-bin: ")
        Base64.rawStandard.encode(bytes.span).withUnsafeBufferPointer { append($0) }
        append("\r\n")
    }
}
