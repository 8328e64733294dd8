internal import Bytes

/// The moment of a signature as it stands in it: `20130524T000000Z`.
struct SignatureDate {
    /// Days since 1970-01-01.
    let day: Int64
    private let civil: RFC3339.Civil

    static let byteCount = 16
    /// How much of it is the date.
    static let dateByteCount = 8

    init(wallSeconds: Int64) {
        civil = RFC3339.civil(fromSeconds: wallSeconds)
        day = wallSeconds >= 0 ? wallSeconds / 86_400 : -1
    }

    func write(to line: inout LineBuilder) {
        writeDate(to: &line)
        line.append(UInt8(ascii: "T"))
        line.append(decimal: UInt64(civil.hour), digits: 2)
        line.append(decimal: UInt64(civil.minute), digits: 2)
        line.append(decimal: UInt64(civil.second), digits: 2)
        line.append(UInt8(ascii: "Z"))
    }

    /// Only the day, as the scope has it.
    func writeDate(to line: inout LineBuilder) {
        line.append(decimal: UInt64(civil.year), digits: 4)
        line.append(decimal: UInt64(civil.month), digits: 2)
        line.append(decimal: UInt64(civil.day), digits: 2)
    }
}
