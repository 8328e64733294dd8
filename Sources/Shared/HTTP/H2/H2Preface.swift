/// The first bytes of a client that speaks HTTP/2 without having asked (RFC 9113 §3.4).
public enum H2Preface {
    public enum Match: Equatable, Sendable {
        case no
        /// All bytes so far are those of the preface.
        case partly
        case whole
    }

    private static let text: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    static var byteCount: Int { text.utf8CodeUnitCount }

    public static func match(_ bytes: UnsafeRawBufferPointer) -> Match {
        let count = min(bytes.count, text.utf8CodeUnitCount)
        for index in 0..<count where bytes[index] != text.utf8Start[index] { return .no }
        return count == text.utf8CodeUnitCount ? .whole : .partly
    }
}
