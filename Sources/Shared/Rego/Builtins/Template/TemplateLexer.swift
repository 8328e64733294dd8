internal import Bytes

/// The words inside `{{…}}`.
enum TemplateToken: Equatable {
    case identifier(String)
    /// `.name`; attached when nothing separates it from what is before.
    case field(String, isAttached: Bool)
    case dot
    case variable(String)
    case text([UInt8])
    case integer(Int)
    case decimal(Double)
    case pipe, comma, declare, assign, open, close
}

/// Reads the words of one action.
struct TemplateLexer {
    private let text: ArraySlice<UInt8>
    private var index: Int
    private var tokens: [TemplateToken] = []

    static func tokens(_ text: ArraySlice<UInt8>) throws(BuiltinFault) -> [TemplateToken] {
        var lexer = TemplateLexer(text)
        while try lexer.step() {}
        return lexer.tokens
    }

    private init(_ text: ArraySlice<UInt8>) {
        self.text = text
        index = text.startIndex
    }

    private mutating func step() throws(BuiltinFault) -> Bool {
        let start = index
        while index < text.endIndex, Self.isSpace(text[index]) { index += 1 }
        guard index < text.endIndex else { return false }
        let isAttached = index == start && !tokens.isEmpty
        let byte = text[index]
        switch byte {
        case UInt8(ascii: "|"): take(.pipe)
        case UInt8(ascii: ","): take(.comma)
        case UInt8(ascii: "("): take(.open)
        case UInt8(ascii: ")"): take(.close)
        case UInt8(ascii: "="): take(.assign)
        case UInt8(ascii: ":"):
            guard index + 1 < text.endIndex, text[index + 1] == UInt8(ascii: "=") else {
                throw BuiltinFault("expected :=")
            }
            index += 1
            take(.declare)
        case UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "'"):
            try readQuoted(byte)
        case UInt8(ascii: "$"):
            index += 1
            tokens.append(.variable("$" + name()))
        case UInt8(ascii: "."):
            index += 1
            let name = name()
            tokens.append(name.isEmpty ? .dot : .field(name, isAttached: isAttached))
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try readNumber()
        default:
            let name = name()
            guard !name.isEmpty else {
                throw BuiltinFault(
                    "unexpected \(GoQuote.quote(Array(text[index..<index + 1]).span)) in command")
            }
            tokens.append(.identifier(name))
        }
        return true
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.tab || byte == ASCII.lineFeed
            || byte == ASCII.carriageReturn
    }

    private mutating func take(_ token: TemplateToken) {
        tokens.append(token)
        index += 1
    }

    private mutating func name() -> String {
        let start = index
        while index < text.endIndex {
            let byte = text[index]
            let isName =
                ASCII.isDigit(byte) || ASCII.lowercased(byte) &- 0x61 < 26
                || byte == UInt8(ascii: "_") || byte >= 0x80
            guard isName else { break }
            index += 1
        }
        return String(decoding: text[start..<index], as: UTF8.self)
    }

    private mutating func readNumber() throws(BuiltinFault) {
        let start = index
        index += 1
        while index < text.endIndex, !Self.isSpace(text[index]),
            text[index] != UInt8(ascii: ")"), text[index] != UInt8(ascii: "|")
        {
            index += 1
        }
        let word = String(decoding: text[start..<index], as: UTF8.self)
        guard let token = Self.number(word) else {
            throw BuiltinFault("bad number syntax: \"\(word)\"")
        }
        tokens.append(token)
    }

    /// A number as Go writes it: `1_000`, `0x1F`, `0o17`, `017`, `0b11`, `1.5` or `1e3`.
    private static func number(_ word: String) -> TemplateToken? {
        let digits = word.filter { $0 != "_" }
        let isNegative = digits.hasPrefix("-")
        let magnitude = digits.drop { $0 == "-" || $0 == "+" }
        guard digits.count - magnitude.count <= 1 else { return nil }
        let radix: Int? =
            switch magnitude.prefix(2).lowercased() {
            case "0x": 16
            case "0o": 8
            case "0b": 2
            default: nil
            }
        if let radix {
            return Int((isNegative ? "-" : "") + magnitude.dropFirst(2), radix: radix)
                .map { .integer($0) }
        }
        let isOctal = magnitude.count > 1 && magnitude.first == "0"
        if let value = Int(digits, radix: isOctal ? 8 : 10) { return .integer(value) }
        guard magnitude.allSatisfy({ $0.isASCII && ($0.isNumber || ".eE+-".contains($0)) }),
            let value = Double(digits), value.isFinite
        else { return nil }
        return .decimal(value)
    }

    private mutating func readQuoted(_ quote: UInt8) throws(BuiltinFault) {
        index += 1
        var bytes: [UInt8] = []
        while true {
            guard index < text.endIndex else {
                throw BuiltinFault(
                    quote == UInt8(ascii: "`")
                        ? "unterminated raw quoted string" : "unterminated quoted string")
            }
            let byte = text[index]
            index += 1
            if byte == quote { break }
            if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "`") {
                try readEscape(into: &bytes)
            } else {
                bytes.append(byte)
            }
        }
        guard quote == UInt8(ascii: "'") else { return tokens.append(.text(bytes)) }
        guard let scalar = String(decoding: bytes, as: UTF8.self).unicodeScalars.first else {
            throw BuiltinFault("malformed character constant: ''")
        }
        tokens.append(.integer(Int(scalar.value)))
    }

    private mutating func readEscape(into bytes: inout [UInt8]) throws(BuiltinFault) {
        guard index < text.endIndex else { throw BuiltinFault("unterminated quoted string") }
        let byte = text[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): bytes.append(ASCII.lineFeed)
        case UInt8(ascii: "t"): bytes.append(ASCII.tab)
        case UInt8(ascii: "r"): bytes.append(ASCII.carriageReturn)
        case UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "x") ? 2 : byte == UInt8(ascii: "u") ? 4 : 8
            let digits = text[index...].prefix(count)
            guard digits.count == count,
                let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(value)
            else { throw BuiltinFault("invalid syntax") }
            index += count
            if count == 2 {
                bytes.append(UInt8(truncatingIfNeeded: value))
            } else {
                bytes += Array(String(scalar).utf8)
            }
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): bytes.append(byte)
        default: throw BuiltinFault("invalid syntax")
        }
    }
}
