internal import Glibc

/// Numbers by their JSON spelling, of any length and exponent.
enum DecimalText {
    /// Where the parts of a spelling are.
    struct Shape {
        let isInteger: Bool

        /// Nil unless the text is a JSON number (RFC 8259 §6).
        init?(_ text: UnsafeRawBufferPointer) {
            var at = 0
            func digits() -> Int {
                let start = at
                while at < text.count, text[at] &- 48 < 10 { at += 1 }
                return at - start
            }
            if at < text.count, text[at] == 0x2D { at += 1 }
            let first = at
            guard digits() > 0, text[first] != 48 || at - first == 1 else { return nil }
            isInteger = at == text.count
            if at < text.count, text[at] == 0x2E {
                at += 1
                guard digits() > 0 else { return nil }
            }
            if at < text.count, text[at] | 0x20 == 0x65 {
                at += 1
                if at < text.count, text[at] == 0x2B || text[at] == 0x2D { at += 1 }
                guard digits() > 0 else { return nil }
            }
            guard at == text.count else { return nil }
        }
    }

    /// The nearest double; infinite when out of range.
    static func double(_ text: UnsafeRawBufferPointer) -> Double {
        withUnsafeTemporaryAllocation(byteCount: text.count + 1, alignment: 1) { room in
            room.copyMemory(from: text)
            room[text.count] = 0
            guard let start = room.baseAddress else { return 0 }
            return strtod(start.assumingMemoryBound(to: CChar.self), nil)
        }
    }

    /// Go's shortest spelling: `%e` from 1e21 on and below 1e-6, as encoding/json prints.
    static func goText(_ double: Double) -> String {
        let magnitude = abs(double)
        let exponent = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21)
        let parts = Parts(shortest: double)
        return exponent ? parts.scientific : parts.plain
    }

    /// Compares two JSON numbers exactly, in time linear in their lengths.
    static func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let (a, b) = (Digits(left), Digits(right))
        if a.sign != b.sign { return a.sign < b.sign ? -1 : 1 }
        if a.sign == 0 { return 0 }
        if a.point != b.point { return a.point < b.point ? -a.sign : a.sign }
        var (i, j) = (a.first, b.first)
        while true {
            let (x, y) = (a.next(&i), b.next(&j))
            if x == nil, y == nil { return 0 }
            let order = Int(x ?? 48) - Int(y ?? 48)
            if order != 0 { return order < 0 ? -a.sign : a.sign }
        }
    }

    /// The significant digits of a spelling, and where the decimal point lies relative to them.
    private struct Digits {
        private let text: UnsafeRawBufferPointer
        private let end: Int
        let first: Int
        let sign: Int
        /// The value is 0.d₁d₂… × 10^point. Saturates, which keeps the order of absurd exponents.
        let point: Int

        init(_ text: UnsafeRawBufferPointer) {
            self.text = text
            let negative = text.first == 0x2D
            var at = negative ? 1 : 0
            var pointAt: Int?
            var leading: Int?
            while at < text.count, text[at] | 0x20 != 0x65 {
                if text[at] == 0x2E {
                    pointAt = at
                } else if text[at] != 48, leading == nil {
                    leading = at
                }
                at += 1
            }
            end = at
            first = leading ?? at
            sign = leading == nil ? 0 : negative ? -1 : 1
            let integerEnd = pointAt ?? end
            let shift = first < integerEnd ? integerEnd - first : integerEnd - first + 1
            let exponent = at < text.count ? Self.exponent(text, from: at + 1) : 0
            point = exponent &+ shift
        }

        private static func exponent(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
            var at = start
            var negative = false
            if at < text.count, text[at] == 0x2B || text[at] == 0x2D {
                negative = text[at] == 0x2D
                at += 1
            }
            var value = 0
            while at < text.count, value < 1 << 50 {
                value = value * 10 + Int(text[at] &- 48)
                at += 1
            }
            return negative ? -value : value
        }

        func next(_ at: inout Int) -> UInt8? {
            while at < end {
                let byte = text[at]
                at += 1
                if byte != 0x2E { return byte }
            }
            return nil
        }
    }

    /// The shortest digits that read back as the double.
    private struct Parts {
        private var negative: Bool
        private var digits: [UInt8] = []
        private var exponent = 0

        init(shortest double: Double) {
            negative = double.sign == .minus
            var fraction = 0
            var seenPoint = false
            var stated = 0
            let text = Array(abs(double).description.utf8)
            var at = 0
            while at < text.count, text[at] != 0x65 {
                if text[at] == 0x2E {
                    seenPoint = true
                } else {
                    digits.append(text[at])
                    if seenPoint { fraction += 1 }
                }
                at += 1
            }
            if at < text.count {
                stated = Int(String(decoding: text[(at + 1)...], as: UTF8.self)) ?? 0
            }
            let zeros = digits.prefix(while: { $0 == 48 }).count
            digits.removeFirst(min(zeros, digits.count - 1))
            var scale = stated - fraction
            while digits.count > 1, digits.last == 48 {
                digits.removeLast()
                scale += 1
            }
            exponent = digits.count - 1 + scale
        }

        private var sign: String { negative ? "-" : "" }

        var scientific: String {
            let text = digits.map { String(UnicodeScalar($0)) }
            let rest = text.count > 1 ? "." + text[1...].joined() : ""
            let power = abs(exponent)
            let mark = exponent < 0 ? "-" : "+"
            return "\(sign)\(text[0])\(rest)e\(mark)\(power < 10 ? "0" : "")\(power)"
        }

        var plain: String {
            let text = String(decoding: digits, as: UTF8.self)
            if exponent < 0 {
                return sign + "0." + String(repeating: "0", count: -exponent - 1) + text
            }
            if digits.count <= exponent + 1 {
                return sign + text + String(repeating: "0", count: exponent + 1 - digits.count)
            }
            let whole = String(decoding: digits[...exponent], as: UTF8.self)
            let rest = String(decoding: digits[(exponent + 1)...], as: UTF8.self)
            return "\(sign)\(whole).\(rest)"
        }
    }
}
