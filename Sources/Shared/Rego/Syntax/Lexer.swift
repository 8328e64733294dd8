/// Cuts a source into tokens. Malformed input becomes `illegal` tokens and `faults`.
///
/// Positions count code points, as OPA's do. Copying `cursor` saves the place.
struct Lexer {
    /// A place in the source; `current` is the code point there, -1 at the end.
    struct Cursor: BitwiseCopyable {
        var offset = 0
        var width = 0
        var row = 1
        var column = 0
        var current: Int32 = -1

        /// Where the current code point starts.
        var start: Int { offset - width }
    }

    /// A token's kind and place.
    struct Token: BitwiseCopyable {
        var kind = TokenKind.illegal
        var offset = 0
        var end = 0
        var row = 0
        var column = 0
        /// A string, or part of one, has a backslash in it.
        var hasEscape = false
    }

    let bytes: [UInt8]
    var cursor = Cursor()
    /// What was wrong with the token returned last.
    private(set) var faults: [String] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        next()
        if cursor.current == 0xFEFF { next() }
    }

    /// The next token, whitespace and comments included. Words are `identifier`.
    mutating func scan() -> Token {
        faults.removeAll(keepingCapacity: true)
        var token = Token()
        token.offset = cursor.start
        token.row = cursor.row
        token.column = cursor.column
        scanToken(into: &token)
        token.end = cursor.start
        return token
    }

    /// The rest of a template string after an expression's closing brace, which was just read.
    mutating func scanTemplateContinuation(isRaw: Bool) -> Token {
        faults.removeAll(keepingCapacity: true)
        var token = Token()
        token.offset = cursor.start
        token.row = cursor.row
        token.column = cursor.column
        if isRaw { scanRawTemplate(into: &token) } else { scanTemplate(into: &token) }
        token.end = cursor.start
        return token
    }

    private mutating func scanToken(into token: inout Token) {
        let first = cursor.current
        if first < 0 {
            token.kind = .endOfFile
            return
        }
        if Self.isLetter(first) {
            repeat { next() } while Self.isLetter(cursor.current) || isDigit(cursor.current)
            token.kind = .identifier
            return
        }
        if Self.isDecimal(first) {
            token.kind = .number
            scanNumber()
            return
        }
        next()
        switch UInt8(truncatingIfNeeded: first) {
        case _ where first > 127: break
        case 0x20, 0x09, 0x0A, 0x0D: token.kind = .whitespace
        case 0x23: scanComment(into: &token)
        case 0x22: scanString(into: &token)
        case 0x60: scanRawString(into: &token)
        case 0x24: scanDollar(into: &token)
        case let byte: token.kind = punctuation(byte)
        }
    }

    private mutating func punctuation(_ byte: UInt8) -> TokenKind {
        switch byte {
        case UInt8(ascii: "["): return .leftBracket
        case UInt8(ascii: "]"): return .rightBracket
        case UInt8(ascii: "{"): return .leftBrace
        case UInt8(ascii: "}"): return .rightBrace
        case UInt8(ascii: "("): return .leftParen
        case UInt8(ascii: ")"): return .rightParen
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: "+"): return .plus
        case UInt8(ascii: "-"): return .minus
        case UInt8(ascii: "*"): return .times
        case UInt8(ascii: "/"): return .divide
        case UInt8(ascii: "%"): return .remainder
        case UInt8(ascii: "&"): return .ampersand
        case UInt8(ascii: "|"): return .bar
        case UInt8(ascii: ";"): return .semicolon
        case UInt8(ascii: "."): return .dot
        case UInt8(ascii: ":"): return takeEquals() ? .assign : .colon
        case UInt8(ascii: "="): return takeEquals() ? .equal : .unify
        case UInt8(ascii: ">"): return takeEquals() ? .greaterEqual : .greater
        case UInt8(ascii: "<"): return takeEquals() ? .lessEqual : .less
        case UInt8(ascii: "!"):
            if takeEquals() { return .notEqual }
            faults.append("illegal ! character")
            return .illegal
        default: return .illegal
        }
    }

    private mutating func takeEquals() -> Bool {
        guard cursor.current == 0x3D else { return false }
        next()
        return true
    }

    private mutating func scanComment(into token: inout Token) {
        token.kind = .comment
        while cursor.current != 0x0A, cursor.current >= 0 { next() }
    }

    private mutating func scanNumber() {
        while Self.isDecimal(cursor.current) { next() }
        if cursor.current == 0x2E {
            next()
            requireDigits("expected fraction")
        }
        if cursor.current | 0x20 == 0x65 {
            next()
            if cursor.current == 0x2B || cursor.current == 0x2D { next() }
            requireDigits("expected exponent")
        }
        // The whole of "0a2b" is one bad number, not a number and a name.
        if Self.isLetter(cursor.current) {
            faults.append("illegal number format")
            while Self.isLetter(cursor.current) || isDigit(cursor.current) { next() }
        }
    }

    private mutating func requireDigits(_ fault: String) {
        guard Self.isDecimal(cursor.current) else {
            faults.append(fault)
            return
        }
        while Self.isDecimal(cursor.current) { next() }
    }

    private mutating func scanString(into token: inout Token) {
        token.kind = .string
        while true {
            let character = cursor.current
            if character == 0x0A || character < 0 {
                faults.append("non-terminated string")
                return
            }
            next()
            if character == 0x22 { return }
            if character == 0x5C {
                token.hasEscape = true
                scanEscape(allowsBrace: false)
            }
        }
    }

    private mutating func scanRawString(into token: inout Token) {
        token.kind = .string
        while true {
            let character = cursor.current
            next()
            if character == 0x60 { return }
            if character < 0 {
                faults.append("non-terminated string")
                return
            }
        }
    }

    private mutating func scanDollar(into token: inout Token) {
        switch cursor.current {
        case 0x60:
            next()
            scanRawTemplate(into: &token)
        case 0x22:
            next()
            scanTemplate(into: &token)
        default:
            faults.append("illegal $ character")
        }
    }

    private mutating func scanTemplate(into token: inout Token) {
        token.kind = .templatePart
        while true {
            let character = cursor.current
            if character == 0x0A || character < 0 {
                faults.append("non-terminated string")
                return
            }
            next()
            switch character {
            case 0x22:
                token.kind = .templateEnd
                return
            case 0x7B: return
            case 0x5C:
                token.hasEscape = true
                scanEscape(allowsBrace: true)
            default: continue
            }
        }
    }

    private mutating func scanRawTemplate(into token: inout Token) {
        token.kind = .rawTemplatePart
        while true {
            let character = cursor.current
            if character < 0 {
                faults.append("non-terminated string")
                return
            }
            next()
            if character == 0x60 {
                token.kind = .rawTemplateEnd
                return
            }
            if character == 0x7B { return }
            if character == 0x5C, cursor.current == 0x7B {
                token.hasEscape = true
                next()
            }
        }
    }

    private mutating func scanEscape(allowsBrace: Bool) {
        switch cursor.current {
        case 0x5C, 0x22, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: next()
        case 0x7B where allowsBrace: next()
        case 0x75: for _ in 0..<4 { next() }
        default: faults.append("illegal escape sequence")
        }
    }

    private mutating func next() {
        guard cursor.offset < bytes.count else {
            cursor.current = -1
            cursor.offset = bytes.count + 1
            cursor.width = 1
            return
        }
        let byte = bytes[cursor.offset]
        cursor.current = Int32(byte)
        cursor.width = 1
        if byte >= 0x80 {
            decodeCodePoint()
        } else if byte == 0 {
            faults.append("illegal null character")
        }
        cursor.offset += cursor.width
        if byte == 0x0A {
            cursor.row += 1
            cursor.column = 0
        } else {
            cursor.column += 1
        }
    }

    private mutating func decodeCodePoint() {
        let end = min(cursor.offset + 4, bytes.count)
        var decoder = UTF8()
        var iterator = bytes[cursor.offset..<end].makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
            cursor.current = 0xFFFD
            faults.append("illegal utf-8 character")
            return
        }
        cursor.current = Int32(scalar.value)
        cursor.width = UTF8.width(scalar)
        if scalar.value == 0xFEFF, cursor.offset > 0 { faults.append("illegal byte-order mark") }
    }

    private static func isLetter(_ character: Int32) -> Bool {
        let lower = character | 0x20
        return (lower >= 0x61 && lower <= 0x7A && character < 0x80) || character == 0x5F
    }

    private static func isDecimal(_ character: Int32) -> Bool {
        character >= 0x30 && character <= 0x39
    }

    /// A decimal digit of any script may continue a name.
    private func isDigit(_ character: Int32) -> Bool {
        if character < 0x80 { return Self.isDecimal(character) }
        guard let scalar = Unicode.Scalar(UInt32(character)) else { return false }
        return scalar.properties.generalCategory == .decimalNumber
    }
}
