internal import Bytes

/// Cuts GraphQL text into tokens.
struct GraphQLLexer {
    private let scalars: [UInt32]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    init(_ text: Span<UInt8>) {
        var scalars: [UInt32] = []
        scalars.reserveCapacity(text.count)
        var position = 0
        while position < text.count { scalars.append(UTF8Scanner.next(text, &position)) }
        self.scalars = scalars
    }

    mutating func next() throws(GraphQLFault) -> GraphQLToken {
        skipIgnored()
        guard index < scalars.count else { return token(.end, from: index) }
        let start = index
        let scalar = scalars[index]
        switch scalar {
        case 0x41...0x5A, 0x5F, 0x61...0x7A:
            while index < scalars.count, Self.isNamePart(scalars[index]) { index += 1 }
            return token(.name, from: start, text: text(start..<index))
        case 0x2D, 0x30...0x39:
            return try number()
        case 0x22:
            return try sees("\"\"\"") ? blockString() : string()
        case 0x2E where sees("..."):
            index += 3
            return token(.spread, from: start)
        default:
            let character = Unicode.Scalar(scalar).map { String(Character($0)) } ?? ""
            if scalar < 0x80, let kind = GraphQLToken.Kind(rawValue: character) {
                index += 1
                return token(kind, from: start)
            }
            throw fault(describeUnexpected(scalar, character))
        }
    }

    private func describeUnexpected(_ scalar: UInt32, _ character: String) -> String {
        if scalar < 0x20 { return "Cannot contain the invalid character \"\(Self.code(scalar))\"" }
        if scalar == 0x27 {
            return "Unexpected single quote character ('), did you mean to use a double quote (\")?"
        }
        return "Cannot parse the unexpected character \"\(character)\"."
    }

    private static func code(_ scalar: UInt32) -> String {
        let digits = String(scalar)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func isNamePart(_ scalar: UInt32) -> Bool {
        isDigit(scalar) || scalar == 0x5F || (scalar | 0x20) &- 0x61 < 26
    }

    private static func isDigit(_ scalar: UInt32) -> Bool { scalar &- 0x30 < 10 }

    private func sees(_ text: String) -> Bool {
        scalars[index...].starts(with: text.unicodeScalars.lazy.map(\.value))
    }

    private func text(_ range: Range<Int>) -> String {
        var bytes: [UInt8] = []
        for scalar in scalars[range] { UTF8Scanner.append(scalar, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func token(
        _ kind: GraphQLToken.Kind, from start: Int, text: String = ""
    ) -> GraphQLToken {
        GraphQLToken(kind: kind, text: text, line: line, column: start - lineStart + 1)
    }

    private func fault(_ text: String) -> GraphQLFault {
        GraphQLFault(text: text, line: line, column: index - lineStart + 1)
    }

    /// Blanks, commas, line ends, byte order marks and comments.
    private mutating func skipIgnored() {
        while index < scalars.count {
            switch scalars[index] {
            case 0x09, 0x20, 0x2C, 0xFEFF: index += 1
            case 0x0A:
                index += 1
                startLine()
            case 0x0D:
                index += 1
                if index < scalars.count, scalars[index] == 0x0A { index += 1 }
                startLine()
            case 0x23:
                while index < scalars.count, scalars[index] >= 0x20 || scalars[index] == 0x09 {
                    index += 1
                }
            default: return
            }
        }
    }

    private mutating func startLine() {
        line += 1
        lineStart = index
    }

    private mutating func digits() -> Int {
        let start = index
        while index < scalars.count, Self.isDigit(scalars[index]) { index += 1 }
        return index - start
    }

    private mutating func accept(_ scalar: UInt32) -> Bool {
        guard index < scalars.count, scalars[index] == scalar else { return false }
        index += 1
        return true
    }

    private func describeNext() -> String {
        index < scalars.count ? "\"\(text(index..<index + 1))\"" : "<EOF>"
    }

    private mutating func requireDigits() throws(GraphQLFault) {
        guard digits() > 0 else {
            throw fault("Invalid number, expected digit but got: \(describeNext()).")
        }
    }

    private mutating func number() throws(GraphQLFault) -> GraphQLToken {
        let start = index
        var isFloat = false
        _ = accept(0x2D)
        if accept(0x30) {
            if index < scalars.count, Self.isDigit(scalars[index]) {
                throw fault("Invalid number, unexpected digit after 0: \(describeNext()).")
            }
        } else {
            try requireDigits()
        }
        if accept(0x2E) {
            isFloat = true
            try requireDigits()
        }
        if accept(0x65) || accept(0x45) {
            isFloat = true
            if !accept(0x2D) { _ = accept(0x2B) }
            try requireDigits()
        }
        return token(isFloat ? .float : .integer, from: start, text: text(start..<index))
    }

    private mutating func string() throws(GraphQLFault) -> GraphQLToken {
        index += 1
        let start = index
        var bytes: [UInt8] = []
        while index < scalars.count {
            let scalar = scalars[index]
            switch scalar {
            case 0x0A, 0x0D:
                throw fault("Unterminated string.")
            case 0x22:
                index += 1
                return token(.string, from: start, text: String(decoding: bytes, as: UTF8.self))
            case 0x5C:
                try escape(into: &bytes)
            default:
                guard scalar >= 0x20 || scalar == 0x09 else {
                    throw fault("Invalid character within String: \"\(Self.code(scalar))\".")
                }
                UTF8Scanner.append(scalar, to: &bytes)
                index += 1
            }
        }
        throw fault("Unterminated string.")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(GraphQLFault) {
        index += 1
        guard index < scalars.count else { throw fault("Invalid character escape sequence.") }
        let letter = scalars[index]
        switch letter {
        case 0x22, 0x2F, 0x5C: bytes.append(UInt8(letter))
        case 0x62: bytes.append(0x08)
        case 0x66: bytes.append(0x0C)
        case 0x6E: bytes.append(0x0A)
        case 0x72: bytes.append(0x0D)
        case 0x74: bytes.append(0x09)
        case 0x75:
            guard index + 4 < scalars.count,
                let value = UInt32(text(index + 1..<index + 5), radix: 16)
            else {
                let shown = text(index..<min(index + 5, scalars.count))
                throw fault("Invalid character escape sequence: \\\(shown).")
            }
            UTF8Scanner.append(value, to: &bytes)
            index += 4
        default:
            throw fault("Invalid character escape sequence: \\\(text(index..<index + 1)).")
        }
        index += 1
    }

    private mutating func blockString() throws(GraphQLFault) -> GraphQLToken {
        index += 3
        let first = (line: line, column: index - lineStart + 1)
        var raw: [UInt8] = []
        while index < scalars.count {
            if sees("\"\"\"") {
                index += 3
                return GraphQLToken(
                    kind: .blockString, text: Self.dedented(raw), line: first.line,
                    column: first.column)
            }
            if sees("\\\"\"\"") {
                raw += Array("\"\"\"".utf8)
                index += 4
                continue
            }
            let scalar = scalars[index]
            index += 1
            if scalar == 0x0D {
                if index < scalars.count, scalars[index] == 0x0A { index += 1 }
                raw.append(0x0A)
                startLine()
                continue
            }
            guard scalar >= 0x20 || scalar == 0x09 || scalar == 0x0A else {
                throw fault("Invalid character within String: \"\(Self.code(scalar))\".")
            }
            UTF8Scanner.append(scalar, to: &raw)
            if scalar == 0x0A { startLine() }
        }
        throw fault("Unterminated string.")
    }

    /// Without the common indent and without blank lines at both ends (specification, section
    /// 2.9.4).
    private static func dedented(_ raw: [UInt8]) -> String {
        var lines = raw.split(separator: 0x0A, omittingEmptySubsequences: false)
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var common = Int.max
        for line in lines.dropFirst() {
            let indent = line.prefix(while: isBlank).count
            if indent < line.count { common = min(common, indent) }
        }
        if common != .max {
            for position in lines.indices.dropFirst() {
                lines[position] = lines[position].dropFirst(common)
            }
        }
        while let line = lines.first, line.allSatisfy(isBlank) { lines.removeFirst() }
        while let line = lines.last, line.allSatisfy(isBlank) { lines.removeLast() }
        return String(decoding: Array(lines.joined(separator: [0x0A])), as: UTF8.self)
    }
}
