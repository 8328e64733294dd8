internal import Bytes

/// The formats that a schema may ask of a string.
enum SchemaFormat {
    /// Whether the string has the format; true for formats nobody knows.
    static func matches(_ value: Value, _ format: String) -> Bool {
        let bytes = value.stringBytes
        switch format {
        case "date": return isTime(bytes, ["2006-01-02"])
        case "time": return isTime(bytes, ["15:04:05Z07:00", "15:04:05"])
        case "date-time":
            return isTime(
                bytes,
                ["15:04:05", "15:04:05Z07:00", "2006-01-02", "2006-01-02T15:04:05Z07:00"])
        case "email", "idn-email": return isAddress(bytes)
        case "ipv4": return IPAddress(bytes.utf8) != nil && bytes.contains(UInt8(ascii: "."))
        case "ipv6": return IPAddress(bytes.utf8) != nil && bytes.contains(UInt8(ascii: ":"))
        case "hostname": return bytes.count < 256 && hostname.matches(bytes)
        case "uri", "iri": return url(bytes).map { !$0.scheme.isEmpty } ?? false
        case "uri-reference", "iri-reference": return url(bytes) != nil
        case "uri-template":
            guard let url = url(bytes) else { return false }
            return Array(url.path.utf8).withUnsafeBytes { template.matches($0) }
        case "uuid": return uuid.matches(bytes)
        case "regex": return (try? Regex(bytes.utf8)) != nil
        case "json-pointer": return pointer.matches(bytes)
        case "relative-json-pointer": return relativePointer.matches(bytes)
        default: return true
        }
    }

    /// A pattern that is part of the program.
    private struct Fixed {
        let regex: Regex?

        init(_ pattern: StaticString) {
            regex = try? Regex(Array("\(pattern)".utf8).span)
        }

        func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
            regex?.matches(bytes.utf8) ?? false
        }
    }

    private static let hostname = Fixed(
        """
        ^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])\
        (\\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9]))*$
        """)
    private static let template = Fixed("^([^{]*({[^}]*})?)*$")
    private static let uuid = Fixed(
        "^(?i)[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$")
    private static let pointer = Fixed("^(?:/(?:[^~/]|~0|~1)*)*$")
    private static let relativePointer = Fixed(
        "^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)$")

    private static func isTime(_ bytes: UnsafeRawBufferPointer, _ layouts: [String]) -> Bool {
        let text = Array(bytes)
        return layouts.contains {
            (try? TimeParser.parse(text, layout: Array($0.utf8))) != nil
        }
    }

    private static func url(_ bytes: UnsafeRawBufferPointer) -> GoURL? {
        guard !bytes.contains(UInt8(ascii: "\\")) else { return nil }
        return try? GoURL(String(decoding: bytes, as: UTF8.self))
    }

    /// `local@domain`, also in angle brackets behind a name (RFC 5322, its common part).
    private static func isAddress(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var address = Array(bytes).drop { $0 == ASCII.space || $0 == ASCII.tab }[...]
        if address.last == UInt8(ascii: ">") {
            guard let open = address.lastIndex(of: UInt8(ascii: "<")) else { return false }
            address = address[(open + 1)..<(address.endIndex - 1)]
        }
        guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return isLocalPart(address[..<at]) && isDotted(address[(at + 1)...])
    }

    private static func isLocalPart(_ part: ArraySlice<UInt8>) -> Bool {
        let quote = UInt8(ascii: "\"")
        guard part.first == quote else { return isDotted(part) }
        guard part.count >= 2, part.last == quote else { return false }
        var isEscaped = false
        for byte in part.dropFirst().dropLast() {
            if !isEscaped, byte == quote || byte < 0x20 { return false }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        return !isEscaped
    }

    /// Atoms (RFC 5322 §3.2.3) with single dots between them.
    private static func isDotted(_ part: ArraySlice<UInt8>) -> Bool {
        part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.allSatisfy(isAtomByte)
        }
    }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || ASCII.isDigit(byte) || ASCII.lowercased(byte) &- 0x61 < 26
            || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
}
