internal import Bytes

/// The ways in which a secret is commonly written down: what an answer is searched for.
///
/// As it is; in base64, of both alphabets and at each of the three alignments that it can have
/// inside a longer text; percent-encoded, as little or as much as possible; as a JSON string, as
/// little or as much as possible; in hexadecimal. Digits in lower or in upper case throughout.
struct SecretForms {
    private let secret: UnsafeRawBufferPointer

    init(_ secret: UnsafeRawBufferPointer) { self.secret = secret }

    /// Memory that any one form fits in.
    var bytesMax: Int { secret.count * 6 + 8 }

    /// Calls `body` with each form, which lies in `memory` until the next one is written.
    func each(
        in memory: UnsafeMutableRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) throws(CredentialFault) -> Void
    ) throws(CredentialFault) {
        func form(_ write: (inout LineBuilder) -> Void) throws(CredentialFault) {
            var line = LineBuilder(memory.bindMemory(to: UInt8.self))
            write(&line)
            guard !line.isOverflowed else { throw .tooLong }
            if line.count > 0 { try body(UnsafeRawBufferPointer(line.bytes)) }
        }
        try form { $0.append(secret.bindMemory(to: UInt8.self)) }
        for alignment in 0..<3 {
            for isURLSafe in [false, true] {
                try form { base64(&$0, alignment, isURLSafe) }
            }
        }
        for digits in [Digits.lower, .upper] {
            try form { line in
                for byte in secret { digits.append(byte, to: &line) }
            }
            try form { percent(&$0, digits, all: false) }
            try form { percent(&$0, digits, all: true) }
            for escapesMarkup in [false, true] {
                try form { json(&$0, digits, escapesSlash: false, escapesMarkup) }
                try form { json(&$0, digits, escapesSlash: true, escapesMarkup) }
            }
            try form { line in
                for byte in secret { unicode(byte, digits, &line) }
            }
        }
    }

    private enum Digits {
        case lower, upper

        func append(_ byte: UInt8, to line: inout LineBuilder) {
            line.append(digit(byte >> 4))
            line.append(digit(byte & 15))
        }

        private func digit(_ value: UInt8) -> UInt8 {
            switch self {
            case .upper: PercentForm.digit(value)
            case .lower: value < 10 ? value + 48 : value + 87
            }
        }
    }

    /// The characters that the secret alone decides when `alignment` bytes stand before it in its
    /// group of three.
    private func base64(_ line: inout LineBuilder, _ alignment: Int, _ isURLSafe: Bool) {
        let first = (8 * alignment + 5) / 6
        let end = 8 * (alignment + secret.count) / 6
        for character in first..<max(first, end) {
            let bit = 6 * character - 8 * alignment
            let index = bit / 8
            let high = UInt16(secret[index]) << 8
            let low = index + 1 < secret.count ? UInt16(secret[index + 1]) : 0
            let value = UInt8(truncatingIfNeeded: (high | low) >> UInt16(10 - bit % 8)) & 63
            line.append(Base64.character(for: value, isURLSafe: isURLSafe))
        }
    }

    private func percent(_ line: inout LineBuilder, _ digits: Digits, all: Bool) {
        for byte in secret {
            if !all, PercentForm.isUnreserved(byte) {
                line.append(byte)
            } else {
                line.append(UInt8(ascii: "%"))
                digits.append(byte, to: &line)
            }
        }
    }

    /// A JSON string's content (RFC 8259 §7), with what writers may escape beyond what they must:
    /// the slash, and the characters that mean something in HTML.
    private func json(
        _ line: inout LineBuilder, _ digits: Digits, escapesSlash: Bool, _ escapesMarkup: Bool
    ) {
        for byte in secret {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                line.append(UInt8(ascii: "\\"))
                line.append(byte)
            case UInt8(ascii: "/") where escapesSlash: line.append("\\/")
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "'"):
                if escapesMarkup { unicode(byte, digits, &line) } else { line.append(byte) }
            default: line.append(byte)
            }
        }
    }

    private func unicode(_ byte: UInt8, _ digits: Digits, _ line: inout LineBuilder) {
        line.append("\\u00")
        digits.append(byte, to: &line)
    }
}
