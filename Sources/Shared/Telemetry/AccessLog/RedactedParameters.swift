internal import Bytes

/// Names of query parameters whose values no log may show.
public struct RedactedParameters: Sendable {
    /// The longest name that can be told from others; a longer one is redacted.
    static let nameBytesMax = 64

    private let names: [[UInt8]]

    /// - Parameter names: compared without case, after percent decoding.
    public init(_ names: [String]) {
        self.names = names.map { $0.utf8.map(ASCII.lowercased) }
    }

    /// Names that carry credentials in well-known APIs.
    public static let wellKnown = RedactedParameters([
        "access_token", "api_key", "api-key", "apikey", "auth", "client_secret", "code", "key",
        "password", "refresh_token", "secret", "sig", "signature", "token",
        "x-amz-credential", "x-amz-security-token", "x-amz-signature",
    ])

    /// Appends the target as a JSON string with the redacted values replaced. Parameters end at `&`
    /// and, since some servers read it so, at `;`.
    func append(
        jsonString target: UnsafeBufferPointer<UInt8>, queryStart: Int, to line: inout LineBuilder
    ) {
        line.append(UInt8(ascii: "\""))
        let start = min(queryStart + 1, target.count)
        line.append(jsonContents: UnsafeBufferPointer(rebasing: target[..<start]))
        var at = start
        while at < target.count {
            let end = target[at...].firstIndex(where: isSeparator) ?? target.count
            let next = min(end + 1, target.count)
            let equals = target[at..<end].firstIndex(of: UInt8(ascii: "="))
            if let equals, isRedacted(target[at..<equals]) {
                line.append(jsonContents: UnsafeBufferPointer(rebasing: target[at...equals]))
                line.append("REDACTED")
                line.append(jsonContents: UnsafeBufferPointer(rebasing: target[end..<next]))
            } else {
                line.append(jsonContents: UnsafeBufferPointer(rebasing: target[at..<next]))
            }
            at = next
        }
        line.append(UInt8(ascii: "\""))
    }

    private func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "&") || byte == UInt8(ascii: ";")
    }

    private func isRedacted(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard name.count <= RedactedParameters.nameBytesMax * 3 else { return true }
        return names.contains { isSame($0, as: name) }
    }

    private func isSame(_ known: [UInt8], as name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var matched = 0
        var at = name.startIndex
        while at < name.endIndex {
            let (byte, next) = RedactedParameters.decoded(name, at: at)
            guard matched < known.count, ASCII.lowercased(byte) == known[matched] else {
                return false
            }
            matched += 1
            at = next
        }
        return matched == known.count
    }

    private static func decoded(
        _ name: Slice<UnsafeBufferPointer<UInt8>>, at index: Int
    ) -> (byte: UInt8, next: Int) {
        guard name[index] == UInt8(ascii: "%"), index + 2 < name.endIndex,
            let high = nibble(name[index + 1]), let low = nibble(name[index + 2])
        else { return (name[index], index + 1) }
        return (high << 4 | low, index + 3)
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        if ASCII.isDigit(digit) { return digit - 0x30 }
        let letter = ASCII.lowercased(digit)
        return (0x61...0x66).contains(letter) ? letter - 0x57 : nil
    }
}
