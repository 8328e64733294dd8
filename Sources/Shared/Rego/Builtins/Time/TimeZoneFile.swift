internal import Bytes
internal import Glibc

/// Reads a zone from the system's database (TZif, RFC 9636).
enum TimeZoneFile {
    private static let folder = "/usr/share/zoneinfo/"
    private static let bytesMax = 1 << 20

    /// The zone of that name in the system's database. Fails with Go's texts.
    static func load(_ name: Span<UInt8>) throws(BuiltinFault) -> TimeZone {
        var bytes: [UInt8] = []
        bytes.append(name, 0..<name.count)
        let text = String(decoding: bytes, as: UTF8.self)
        let isPlain = bytes.allSatisfy {
            ASCII.isDigit($0) || ($0 | 0x20) &- 0x61 < 26 || "/_+-.".utf8.contains($0)
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard bytes.count <= 255, bytes.first != UInt8(ascii: "/"), !parts.contains(".."),
            !bytes.contains(UInt8(ascii: "\\"))
        else { throw BuiltinFault("time: invalid location name") }
        guard isPlain, let data = read(folder + text), let zone = parse(data, name: text) else {
            throw BuiltinFault("unknown time zone " + text)
        }
        return zone
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var data = [UInt8](repeating: 0, count: 64 << 10)
        var count = 0
        while count < bytesMax {
            if count == data.count { data += [UInt8](repeating: 0, count: data.count) }
            let got = data.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            guard got >= 0 else { return nil }
            if got == 0 { return Array(data[..<count]) }
            count += got
        }
        return nil
    }

    /// The version 2+ block (64-bit times) with its footer, or the only block of version 1.
    static func parse(_ data: [UInt8], name: String) -> TimeZone? {
        guard let first = TZifHeader(data, at: 0) else { return nil }
        guard first.version >= 2 else { return zone(data, first, timeBytes: 4, name: name) }
        let second = TZifHeader.size + first.dataBytes(timeBytes: 4)
        guard let header = TZifHeader(data, at: second) else { return nil }
        return zone(data, header, timeBytes: 8, name: name)
    }

    private static func zone(
        _ data: [UInt8], _ header: TZifHeader, timeBytes: Int, name: String
    ) -> TimeZone? {
        let start = header.start + TZifHeader.size
        let end = start + header.dataBytes(timeBytes: timeBytes)
        guard end <= data.count, header.typeCount > 0 else { return nil }
        let indexes = start + header.timeCount * timeBytes
        let types = indexes + header.timeCount
        let names = types + header.typeCount * 6
        let transitions = (0..<header.timeCount).map {
            integer(data, at: start + $0 * timeBytes, bytes: timeBytes)
        }
        let transitionOffsets = (0..<header.timeCount).map { Int(data[indexes + $0]) }
        let offsets = (0..<header.typeCount).map { index -> TimeZone.Offset in
            let at = types + index * 6
            let nameStart = min(names + Int(data[at + 5]), names + header.nameBytes)
            let text = data[nameStart..<names + header.nameBytes].prefix { $0 != 0 }
            return TimeZone.Offset(
                seconds: integer(data, at: at, bytes: 4), isDaylight: data[at + 4] != 0,
                abbreviation: String(decoding: text, as: UTF8.self))
        }
        guard transitionOffsets.allSatisfy({ $0 < offsets.count }) else { return nil }
        let footer = data[end...].dropFirst().prefix { $0 != UInt8(ascii: "\n") }
        return TimeZone(
            name: name, transitions: transitions, transitionOffsets: transitionOffsets,
            offsets: offsets, rule: timeBytes == 8 ? TimeZoneRule(Array(footer)) : nil)
    }

    private static func integer(_ data: [UInt8], at start: Int, bytes: Int) -> Int {
        var value: UInt64 = 0
        for index in start..<start + bytes { value = value << 8 | UInt64(data[index]) }
        return bytes == 8
            ? Int(Int64(bitPattern: value)) : Int(Int32(truncatingIfNeeded: value))
    }
}

/// The counts at the head of a TZif block.
private struct TZifHeader {
    static let size = 44
    private static let countMax = 65_536

    let start: Int
    let version: Int
    let utcCount: Int
    let standardCount: Int
    let leapCount: Int
    let timeCount: Int
    let typeCount: Int
    let nameBytes: Int

    init?(_ data: [UInt8], at start: Int) {
        guard start >= 0, start + Self.size <= data.count,
            data[start..<start + 4].elementsEqual("TZif".utf8)
        else { return nil }
        self.start = start
        version = data[start + 4] == 0 ? 1 : Int(data[start + 4]) - 48
        let counts = (0..<6).map { field in
            (0..<4).reduce(0) { $0 << 8 | Int(data[start + 20 + field * 4 + $1]) }
        }
        guard counts.allSatisfy({ $0 <= Self.countMax }) else { return nil }
        utcCount = counts[0]
        standardCount = counts[1]
        leapCount = counts[2]
        timeCount = counts[3]
        typeCount = counts[4]
        nameBytes = counts[5]
    }

    func dataBytes(timeBytes: Int) -> Int {
        timeCount * (timeBytes + 1) + typeCount * 6 + nameBytes + leapCount * (timeBytes + 4)
            + standardCount + utcCount
    }
}
