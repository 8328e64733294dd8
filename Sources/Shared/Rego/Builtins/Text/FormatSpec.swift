internal import Bytes

/// The flags, width and precision of one formatting verb.
struct FormatSpec {
    private(set) var width: Int?
    var precision: Int?
    private(set) var minus = false
    private(set) var plus = false
    private(set) var sharp = false
    private(set) var space = false
    private(set) var zero = false

    mutating func readFlags(_ format: Span<UInt8>, _ index: inout Int) {
        while index < format.count {
            switch format[index] {
            case UInt8(ascii: "#"): sharp = true
            case UInt8(ascii: "0"): zero = true
            case UInt8(ascii: "+"): plus = true
            case UInt8(ascii: "-"): minus = true
            case UInt8(ascii: " "): space = true
            default: return
            }
            index += 1
        }
    }

    mutating func setWidth(_ width: Int) {
        self.width = abs(width)
        if width < 0 { minus = true }
    }

    /// Whether zeros fill the width, which the minus flag prevents.
    var padsWithZeros: Bool { zero && !minus }

    /// Appends the text with spaces (or zeros) up to the width, counted in scalars.
    func pad(_ text: [UInt8], to out: inout [UInt8], zeros: Bool = false) {
        let missing = max(0, (width ?? 0) - UTF8Scanner.count(text.span))
        if minus {
            out += text
            out += repeatElement(ASCII.space, count: missing)
        } else {
            out += repeatElement(zeros ? UInt8(ascii: "0") : ASCII.space, count: missing)
            out += text
        }
    }
}
