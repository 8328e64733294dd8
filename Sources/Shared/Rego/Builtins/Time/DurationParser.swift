internal import Bytes

/// Reads durations as Go's time.ParseDuration, with OPA's days, weeks and years of 365 days.
enum DurationParser {
    private static let units: [(name: [UInt8], nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000),
        ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
        ("d", 86_400_000_000_000), ("w", 604_800_000_000_000), ("y", 31_536_000_000_000_000),
    ].map { (Array($0.0.utf8), $0.1) }

    /// Nanoseconds.
    static func parse(_ text: [UInt8]) throws(BuiltinFault) -> Int64 {
        var rest = text[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        if rest.elementsEqual("0".utf8) { return 0 }
        guard !rest.isEmpty else { throw invalid(text) }
        var total: UInt64 = 0
        while !rest.isEmpty {
            let (sum, overflow) = total.addingReportingOverflow(try segment(&rest, of: text))
            guard !overflow, sum <= 1 << 63 else { throw invalid(text) }
            total = sum
        }
        if isNegative { return Int64(truncatingIfNeeded: 0 &- total) }
        guard let result = Int64(exactly: total) else { throw invalid(text) }
        return result
    }

    private static func segment(
        _ rest: inout ArraySlice<UInt8>, of text: [UInt8]
    ) throws(BuiltinFault) -> UInt64 {
        let whole = rest.prefix(while: ASCII.isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest[rest.startIndex..<rest.startIndex]
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = rest.prefix(while: ASCII.isDigit)
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { throw invalid(text) }
        let name = rest.prefix { $0 != UInt8(ascii: ".") && !ASCII.isDigit($0) }
        rest = rest.dropFirst(name.count)
        guard !name.isEmpty else {
            throw BuiltinFault("time: missing unit in duration " + GoQuote.quote(text.span))
        }
        guard let unit = units.first(where: { $0.name.elementsEqual(name) }) else {
            throw BuiltinFault(
                "time: unknown unit \(GoQuote.quote(Array(name).span)) in duration "
                    + GoQuote.quote(text.span))
        }
        guard let value = scaled(whole, fraction, unit.nanoseconds) else { throw invalid(text) }
        return value
    }

    private static func scaled(
        _ whole: ArraySlice<UInt8>, _ fraction: ArraySlice<UInt8>, _ unit: UInt64
    ) -> UInt64? {
        var value: UInt64 = 0
        for digit in whole {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow, product <= 1 << 62 else { return nil }
            value = product + UInt64(digit - 48)
        }
        let (product, overflow) = value.multipliedReportingOverflow(by: unit)
        guard !overflow, product <= 1 << 63 else { return nil }
        var part = 0.0
        var scale = 1.0
        for digit in fraction.prefix(18) {
            part = part * 10 + Double(digit - 48)
            scale *= 10
        }
        return product + UInt64(part * (Double(unit) / scale))
    }

    private static func invalid(_ text: [UInt8]) -> BuiltinFault {
        BuiltinFault("time: invalid duration " + GoQuote.quote(text.span))
    }
}
