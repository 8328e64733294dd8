/// The records of a pax extended header that matter here (POSIX.1-2001, pax "Extended Header").
struct PaxRecords {
    private(set) var path: [UInt8]?
    private(set) var size: Int?

    init() {}

    /// Records are `LENGTH SP KEY=VALUE LF`, LENGTH counting itself.
    init(_ bytes: [UInt8]) throws(TarError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: ASCII.space),
                let length = Self.decimal(rest[..<space]),
                length > space - rest.startIndex + 1, length <= rest.count,
                rest[rest.startIndex + length - 1] == ASCII.lineFeed
            else { throw .badExtendedHeader }
            let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
                throw .badExtendedHeader
            }
            try take(key: record[..<equals], value: record[(equals + 1)...])
            rest = rest.dropFirst(length)
        }
    }

    private mutating func take(
        key: ArraySlice<UInt8>, value: ArraySlice<UInt8>
    ) throws(TarError) {
        let key = String(decoding: key, as: UTF8.self)
        if key.hasPrefix("GNU.sparse.") {
            throw .unsupportedType(
                name: path.map { String(decoding: $0, as: UTF8.self) } ?? "?",
                flag: UInt8(ascii: "S"))
        }
        switch key {
        case "path": path = Array(value)
        case "size":
            guard let number = Self.decimal(value) else { throw .badNumber(field: "pax size") }
            size = number
        default: break
        }
    }

    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value = 0
        for digit in digits {
            guard ASCII.isDigit(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
