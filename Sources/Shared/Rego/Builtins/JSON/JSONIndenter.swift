internal import Bytes

/// Spreads compact JSON over lines, as Go's json.Indent.
struct JSONIndenter {
    private let prefix: [UInt8]
    private let indent: [UInt8]
    private var out: [UInt8] = []
    private var depth = 0

    init(prefix: [UInt8], indent: [UInt8]) {
        self.prefix = prefix
        self.indent = indent
    }

    /// The first line has no prefix.
    mutating func run(_ json: [UInt8]) -> [UInt8] {
        var isInString = false
        var isEscaped = false
        for (index, byte) in json.enumerated() {
            if isInString {
                out.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            isInString = byte == UInt8(ascii: "\"")
            append(byte, previous: index > 0 ? json[index - 1] : 0)
        }
        return out
    }

    private mutating func append(_ byte: UInt8, previous: UInt8) {
        let isAfterOpening = previous == UInt8(ascii: "{") || previous == UInt8(ascii: "[")
        switch byte {
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            if isAfterOpening {
                out.append(byte)
                return
            }
            depth -= 1
            breakLine()
            out.append(byte)
            return
        default:
            break
        }
        if isAfterOpening {
            depth += 1
            breakLine()
        }
        out.append(byte)
        if byte == UInt8(ascii: ",") { breakLine() }
        if byte == UInt8(ascii: ":") { out.append(ASCII.space) }
    }

    private mutating func breakLine() {
        // What is given up is not used: the evaluation ends.
        let count = prefix.count + depth * indent.count
        guard Work.spend(1 + Work.units(bytes: count)) else { return }
        out.append(ASCII.lineFeed)
        out += prefix
        for _ in 0..<depth { out += indent }
    }
}
