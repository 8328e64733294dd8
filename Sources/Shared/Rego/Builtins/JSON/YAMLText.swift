internal import Bytes

/// A value as YAML in block style, keys sorted, the way sigs.k8s.io/yaml writes it: lists stand
/// under their key without further indent, text that would read as something else is quoted.
struct YAMLText {
    private(set) var bytes: [UInt8] = []

    private static let depthMax = 500

    mutating func document(_ value: Value) throws(BuiltinError) {
        try node(value, indent: 0, isInline: false, depth: 0)
    }

    /// `isInline` says that the node follows `- ` or `key: ` on the same line.
    private mutating func node(
        _ value: Value, indent: Int, isInline: Bool, depth: Int
    ) throws(BuiltinError) {
        guard depth < Self.depthMax else { throw .failure("value nested too deep") }
        // A line for each member, indented; what is given up is not used.
        guard Work.spend(4 + Work.units(bytes: indent)) else { return }
        switch value.kind {
        case .object where value.object.count > 0:
            try members(value.object, indent: indent, isInline: isInline, depth: depth)
        case .array where value.array.count > 0:
            try items(value.array.buffer, indent: indent, isInline: isInline, depth: depth)
        case .set where value.set.count > 0:
            try items(value.set.buffer, indent: indent, isInline: isInline, depth: depth)
        default:
            scalar(value, indent: indent)
            bytes.append(ASCII.lineFeed)
        }
    }

    private mutating func members(
        _ object: ObjectView, indent: Int, isInline: Bool, depth: Int
    ) throws(BuiltinError) {
        for index in 0..<object.count {
            if !isInline || index > 0 { pad(indent) }
            let key = object.key(at: index)
            let name = key.isString ? Array(key.stringBytes) : key.json()
            text(name, indent: indent, isKey: true)
            bytes.append(UInt8(ascii: ":"))
            let value = object.value(at: index)
            switch value.kind {
            case .object where value.object.count > 0:
                bytes.append(ASCII.lineFeed)
                try node(value, indent: indent + 2, isInline: false, depth: depth + 1)
            case .array where value.array.count > 0, .set where value.set.count > 0:
                bytes.append(ASCII.lineFeed)
                try node(value, indent: indent, isInline: false, depth: depth + 1)
            default:
                bytes.append(ASCII.space)
                try node(value, indent: indent + 2, isInline: true, depth: depth + 1)
            }
        }
    }

    private mutating func items(
        _ values: UnsafeBufferPointer<Value>, indent: Int, isInline: Bool, depth: Int
    ) throws(BuiltinError) {
        for (index, value) in values.enumerated() {
            if !isInline || index > 0 { pad(indent) }
            bytes += Array("- ".utf8)
            try node(value, indent: indent + 2, isInline: true, depth: depth + 1)
        }
    }

    private mutating func pad(_ count: Int) {
        bytes += repeatElement(ASCII.space, count: count)
    }

    private mutating func scalar(_ value: Value, indent: Int) {
        switch value.kind {
        case .string:
            guard Work.spend(Work.units(bytes: value.stringBytes.count)) else { return }
            text(Array(value.stringBytes), indent: indent, isKey: false)
        case .object: bytes += Array("{}".utf8)
        case .array, .set: bytes += Array("[]".utf8)
        case .undefined, .null, .boolean, .number: bytes += value.json()
        }
    }

    private mutating func text(_ text: [UInt8], indent: Int, isKey: Bool) {
        if text.contains(ASCII.lineFeed), !isKey, isPrintable(text),
            text.first != ASCII.space, text.first != ASCII.lineFeed
        {
            literal(text, indent: indent)
        } else if readsAsOther(text) || !isPrintable(text) || text.contains(ASCII.lineFeed) {
            doubleQuoted(text)
        } else if isPlain(text) {
            bytes += text
        } else {
            bytes.append(UInt8(ascii: "'"))
            for byte in text {
                if byte == UInt8(ascii: "'") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "'"))
        }
    }

    /// `|`, with `-` or `+` when the text does not end in exactly one line feed.
    private mutating func literal(_ text: [UInt8], indent: Int) {
        bytes.append(UInt8(ascii: "|"))
        if text.last != ASCII.lineFeed {
            bytes.append(UInt8(ascii: "-"))
        } else if text.count > 1, text[text.count - 2] == ASCII.lineFeed {
            bytes.append(UInt8(ascii: "+"))
        }
        let body = text.last == ASCII.lineFeed ? text.dropLast() : text[...]
        for line in body.split(separator: ASCII.lineFeed, omittingEmptySubsequences: false) {
            bytes.append(ASCII.lineFeed)
            if !line.isEmpty { pad(max(indent, 2)) }
            bytes += line
        }
    }

    private mutating func doubleQuoted(_ text: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var index = 0
        while index < text.count {
            let scalar = UTF8Scanner.next(text.span, &index)
            switch scalar {
            case 0x22, 0x5C: bytes += [0x5C, UInt8(scalar)]
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0..<0x20, 0x7F..<0xA0:
                bytes += Array("\\x".utf8)
                let digits = String(scalar, radix: 16, uppercase: true)
                bytes += Array((digits.count == 1 ? "0" + digits : digits).utf8)
            default: UTF8Scanner.append(scalar, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private func isPrintable(_ text: [UInt8]) -> Bool {
        text.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == ASCII.lineFeed }
    }

    /// Whether a plain scalar of this text is something else than a string, in YAML 1.1 or 1.2.
    private func readsAsOther(_ text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        let lower = String(decoding: text.map(ASCII.lowercased), as: UTF8.self)
        let words = [
            "~", "null", "true", "false", "y", "n", "yes", "no", "on", "off", ".nan", ".inf",
            "+.inf", "-.inf", "<<",
        ]
        if words.contains(lower) { return true }
        guard ASCII.isDigit(first) || "+-.".utf8.contains(first) else { return false }
        let digits = text.filter { $0 != UInt8(ascii: "_") }
        if DecimalLiteral(digits.span) != nil { return true }
        let body = lower.drop { $0 == "+" || $0 == "-" }
        if body.hasPrefix("0x") || body.hasPrefix("0o") || body.hasPrefix("0b") {
            return body.dropFirst(2).utf8.allSatisfy { Hex.value(of: $0) != nil }
        }
        // Base-60 numbers and dates of YAML 1.1.
        return text.allSatisfy { ASCII.isDigit($0) || "+-:.tTzZ _".utf8.contains($0) }
    }

    /// Whether the text may stand without quotes (YAML 1.1 §9.1.3, in a block).
    private func isPlain(_ text: [UInt8]) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        if first == ASCII.space || last == ASCII.space || last == UInt8(ascii: ":") {
            return false
        }
        if "#,[]{}&*!|>'\"%@`".utf8.contains(first) { return false }
        if "-?:".utf8.contains(first), text.count == 1 || text[1] == ASCII.space { return false }
        if text.starts(with: "---".utf8) || text.starts(with: "...".utf8) { return false }
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: ":"), index + 1 < text.count,
                text[index + 1] == ASCII.space
            {
                return false
            }
            if byte == UInt8(ascii: "#"), index > 0, text[index - 1] == ASCII.space {
                return false
            }
        }
        return true
    }
}
