internal import Bytes

/// What a source's bytes have to be before they count as a secret.
enum SecretText {
    /// The shape that the use of a secret asks for.
    enum Shape {
        /// One line, as a header field can carry it.
        case line
        /// Any text, such as a PEM file.
        case document
    }

    /// Without the line ends at its end. Fails for what cannot be meant.
    static func checked(
        _ bytes: UnsafeRawBufferPointer, _ shape: Shape
    ) throws(CredentialFault) -> UnsafeRawBufferPointer {
        var count = bytes.count
        while count > 0,
            bytes[count - 1] == ASCII.lineFeed || bytes[count - 1] == ASCII.carriageReturn
        { count -= 1 }
        let text = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        guard !text.isEmpty else { throw .empty }
        guard text.count <= Secret.bytesMax else { throw .tooLong }
        switch shape {
        case .line:
            guard !text.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw .malformed }
        case .document:
            guard !text.contains(0) else { throw .malformed }
        }
        guard !hasPlaceholder(text) else { throw .placeholder }
        return text
    }

    /// `${` with a `}` somewhere after it: a reference that was never replaced.
    private static func hasPlaceholder(_ text: UnsafeRawBufferPointer) -> Bool {
        for index in text.indices.dropLast()
        where text[index] == UInt8(ascii: "$") && text[index + 1] == UInt8(ascii: "{") {
            return text[index...].contains(UInt8(ascii: "}"))
        }
        return false
    }
}
