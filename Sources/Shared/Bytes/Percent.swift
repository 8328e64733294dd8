/// Percent-encoding (RFC 3986 §2.1), with the sets of bytes that Go's net/url leaves alone.
public enum Percent {
    /// Where the text stands, which decides what must be escaped.
    public enum Component: Sendable {
        case path
        case pathSegment
        case query
        case userinfo
        case fragment
    }

    /// An escape that is cut short or not hexadecimal.
    public struct InvalidEscape: Error, Equatable {
        /// The escape as written, at most three bytes.
        public let text: String
    }

    /// Decodes `%XX`; `+` becomes a space in a query.
    public static func decode(
        _ text: Span<UInt8>, _ component: Component
    ) throws(InvalidEscape) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "%") {
                out.append(try escape(text, at: index))
                index &+= 3
            } else {
                out.append(component == .query && byte == UInt8(ascii: "+") ? 0x20 : byte)
                index &+= 1
            }
        }
        return out
    }

    /// Encodes what may not stand in the component; a space becomes `+` in a query.
    public static func encode(_ text: Span<UInt8>, _ component: Component) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        for index in text.indices {
            let byte = text[index]
            if component == .query && byte == ASCII.space {
                out.append(UInt8(ascii: "+"))
            } else if needsEscape(byte, component) {
                out.append(UInt8(ascii: "%"))
                out.append(upperDigit(byte >> 4))
                out.append(upperDigit(byte & 15))
            } else {
                out.append(byte)
            }
        }
        return out
    }

    /// Whether a byte must be escaped in the component.
    public static func needsEscape(_ byte: UInt8, _ component: Component) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
            false
        case UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "="),
            UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "/"), UInt8(ascii: "?"):
            reservedNeedsEscape(byte, component)
        case UInt8(ascii: "!"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"):
            component != .fragment
        default:
            true
        }
    }

    private static func reservedNeedsEscape(_ byte: UInt8, _ component: Component) -> Bool {
        switch component {
        case .path:
            byte == UInt8(ascii: "?")
        case .pathSegment:
            byte == UInt8(ascii: "/") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: ",")
                || byte == UInt8(ascii: "?")
        case .userinfo:
            byte == UInt8(ascii: "@") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?")
                || byte == UInt8(ascii: ":")
        case .query:
            true
        case .fragment:
            false
        }
    }

    private static func escape(_ text: Span<UInt8>, at index: Int) throws(InvalidEscape) -> UInt8 {
        guard index &+ 2 < text.count, let high = Hex.value(of: text[index &+ 1]),
            let low = Hex.value(of: text[index &+ 2])
        else {
            let end = min(index &+ 3, text.count)
            let written = (index..<end).map { text[$0] }
            throw InvalidEscape(text: String(decoding: written, as: UTF8.self))
        }
        return high << 4 | low
    }

    /// The upper-case hexadecimal digit of 0 to 15.
    public static func upperDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? value &+ 48 : value &+ 55
    }
}
