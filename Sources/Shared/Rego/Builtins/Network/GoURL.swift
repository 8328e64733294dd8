internal import Bytes

/// A URL as Go's net/url reads it.
struct GoURL {
    private(set) var scheme = ""
    private(set) var host = ""
    /// Decoded.
    private(set) var path = ""
    /// The path as written, when Go would write it otherwise.
    private(set) var rawPath = ""
    private(set) var rawQuery = ""
    private(set) var fragment = ""
    /// What follows the scheme of a URL without a slash, such as the address of `mailto:`.
    private(set) var opaque = ""

    /// Fails with Go's text: `parse "http://…": invalid port ":x" after host`.
    init(_ text: String) throws(BuiltinFault) {
        do {
            try parse(text)
        } catch {
            throw BuiltinFault("parse \(GoQuote.quote(text)): \(error.text)")
        }
    }

    /// The host without port and brackets.
    var hostname: String {
        var name = Substring(host)
        if let colon = portColon { name = name[..<colon] }
        if name.utf8.first == UInt8(ascii: "["), name.utf8.last == UInt8(ascii: "]") {
            name = name.dropFirst().dropLast()
        }
        return String(name)
    }

    var port: String {
        guard let colon = portColon else { return "" }
        return String(host[host.utf8.index(after: colon)...])
    }

    /// The path as it goes on the wire.
    var escapedPath: String {
        if !rawPath.isEmpty { return rawPath }
        return String(decoding: Percent.encode(Array(path.utf8).span, .path), as: UTF8.self)
    }

    private var portColon: String.Index? {
        guard let colon = host.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let isPort = host[colon...].utf8.dropFirst().allSatisfy(ASCII.isDigit)
        return isPort ? colon : nil
    }

    private mutating func parse(_ text: String) throws(BuiltinFault) {
        let hash = text.utf8.firstIndex(of: UInt8(ascii: "#"))
        let main = text[..<(hash ?? text.endIndex)]
        guard !main.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw BuiltinFault("net/url: invalid control character in URL")
        }
        if main == "*" {
            path = "*"
        } else {
            try parseMain(main)
        }
        guard let hash else { return }
        let written = text[text.utf8.index(after: hash)...]
        fragment = try Self.decode(written, .fragment)
    }

    private mutating func parseMain(_ text: Substring) throws(BuiltinFault) {
        var rest = try takeScheme(text)
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            rawQuery = String(rest[rest.utf8.index(after: mark)...])
            rest = rest[..<mark]
        }
        if !rest.hasPrefix("/") {
            if !scheme.isEmpty {
                opaque = String(rest)
                return
            }
            let segment = rest.prefix { $0 != "/" }
            guard !segment.utf8.contains(UInt8(ascii: ":")) else {
                throw BuiltinFault("first path segment in URL cannot contain colon")
            }
        }
        if rest.hasPrefix("//"), !scheme.isEmpty || !rest.hasPrefix("///") {
            let authority = rest.dropFirst(2)
            let slash = authority.utf8.firstIndex(of: UInt8(ascii: "/")) ?? authority.endIndex
            try parseAuthority(authority[..<slash])
            rest = authority[slash...]
        }
        path = try Self.decode(rest, .path)
        let canonical = Percent.encode(Array(path.utf8).span, .path)
        if !canonical.elementsEqual(rest.utf8) { rawPath = String(rest) }
    }

    private mutating func takeScheme(_ text: Substring) throws(BuiltinFault) -> Substring {
        for (offset, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                if offset == 0 { return text }
            case UInt8(ascii: ":"):
                guard offset > 0 else { throw BuiltinFault("missing protocol scheme") }
                let colon = text.utf8.index(text.startIndex, offsetBy: offset)
                scheme = text[..<colon].lowercased()
                return text[text.utf8.index(after: colon)...]
            default:
                return text
            }
        }
        return text
    }

    private mutating func parseAuthority(_ text: Substring) throws(BuiltinFault) {
        guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else {
            host = try Self.parseHost(text)
            return
        }
        host = try Self.parseHost(text[text.utf8.index(after: at)...])
        let userinfo = text[..<at]
        guard userinfo.utf8.allSatisfy(Self.isUserinfo) else {
            throw BuiltinFault("net/url: invalid userinfo")
        }
        _ = try Self.decode(userinfo, .userinfo)
    }

    private static func isUserinfo(_ byte: UInt8) -> Bool {
        if ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 26 { return true }
        return #"-._:~!$&'()*+,;=%@"#.utf8.contains(byte)
    }

    private static func parseHost(_ text: Substring) throws(BuiltinFault) -> String {
        var portStart = text.utf8.lastIndex(of: UInt8(ascii: ":"))
        if text.utf8.first == UInt8(ascii: "[") {
            guard let close = text.utf8.lastIndex(of: UInt8(ascii: "]")) else {
                throw BuiltinFault("missing ']' in host")
            }
            portStart = text.utf8.index(after: close)
        }
        if let portStart {
            let port = text[portStart...]
            let isValid =
                port.isEmpty
                || (port.utf8.first == UInt8(ascii: ":")
                    && port.utf8.dropFirst().allSatisfy(ASCII.isDigit))
            guard isValid else {
                throw BuiltinFault("invalid port \(GoQuote.quote(String(port))) after host")
            }
        }
        return try decodeHost(text)
    }

    /// Escapes of ASCII bytes are refused in a host, except that of the percent sign itself.
    private static func decodeHost(_ text: Substring) throws(BuiltinFault) -> String {
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = Hex.value(of: bytes[index + 1]), high < 8,
                Hex.value(of: bytes[index + 2]) != nil, bytes[index + 1...index + 2] != [50, 53]
            {
                let escape = String(decoding: bytes[index...index + 2], as: UTF8.self)
                throw BuiltinFault("invalid URL escape \(GoQuote.quote(escape))")
            }
            guard byte >= 0x80 || byte == UInt8(ascii: "%") || isHostByte(byte) else {
                let name = GoQuote.quote(String(decoding: [byte], as: UTF8.self))
                throw BuiltinFault("invalid character \(name) in host name")
            }
        }
        return try decode(text, .pathSegment)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        !Percent.needsEscape(byte, .pathSegment)
            || #"!$&'()*+,;=:[]<>""#.utf8.contains(byte)
    }

    private static func decode(
        _ text: Substring, _ component: Percent.Component
    ) throws(BuiltinFault) -> String {
        do {
            let bytes = try Percent.decode(Array(text.utf8).span, component)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw BuiltinFault("invalid URL escape \(GoQuote.quote(error.text))")
        }
    }
}
