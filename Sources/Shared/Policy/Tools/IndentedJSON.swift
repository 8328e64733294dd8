internal import Bytes

/// Lays out JSON text as Go's encoder does with an indent of two blanks.
enum IndentedJSON {
    /// `text` must be valid JSON without blanks between its tokens.
    static func format(_ text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count * 2)
        var depth = 0
        var isInString = false
        var index = 0
        func newLine() {
            output.append(ASCII.lineFeed)
            output.append(contentsOf: repeatElement(ASCII.space, count: depth * 2))
        }
        while index < text.count {
            let byte = text[index]
            index += 1
            if isInString {
                appendHTMLSafe(byte, to: &output)
                if byte == UInt8(ascii: "\\"), index < text.count {
                    output.append(text[index])
                    index += 1
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                output.append(byte)
                if index < text.count, text[index] == byte + 2 {
                    output.append(text[index])
                    index += 1
                } else {
                    depth += 1
                    newLine()
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                newLine()
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                newLine()
            case UInt8(ascii: ":"):
                output += [byte, ASCII.space]
            default:
                isInString = byte == UInt8(ascii: "\"")
                output.append(byte)
            }
        }
        return output
    }

    /// The text with `<`, `>` and `&` escaped, which valid JSON has in strings only.
    static func htmlSafe(_ text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        for byte in text { appendHTMLSafe(byte, to: &output) }
        return output
    }

    private static func appendHTMLSafe(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "<"): output += Array("\\u003c".utf8)
        case UInt8(ascii: ">"): output += Array("\\u003e".utf8)
        case UInt8(ascii: "&"): output += Array("\\u0026".utf8)
        default: output.append(byte)
        }
    }
}
