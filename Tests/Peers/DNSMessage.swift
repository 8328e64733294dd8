internal import IO

/// The answers of a DNS server (RFC 1035 §4), as far as tests need them.
struct DNSMessage {
    private static let typeA: UInt16 = 1
    private static let typeCNAME: UInt16 = 5
    private static let typeAAAA: UInt16 = 28

    private let id: [UInt8]
    /// The question section: name, type and class.
    private let question: [UInt8]
    private let type: UInt16

    /// Nil when it is no question.
    init?(_ query: [UInt8]) {
        guard query.count > 16 else { return nil }
        var end = 12
        while end < query.count, query[end] != 0 { end += 1 + Int(query[end]) }
        guard end + 5 <= query.count else { return nil }
        id = Array(query[..<2])
        question = Array(query[12..<(end + 5)])
        type = UInt16(query[end + 1]) << 8 | UInt16(query[end + 2])
    }

    /// What is asked for, with dots.
    var name: String {
        var labels: [String] = []
        var index = 0
        while index < question.count, question[index] != 0 {
            let end = min(question.count, index + 1 + Int(question[index]))
            labels.append(String(decoding: question[(index + 1)..<end], as: UTF8.self))
            index = end
        }
        return labels.joined(separator: ".")
    }

    var isIPv6: Bool { type == Self.typeAAAA }

    /// Nil: silence.
    func answer(_ step: DNSServer.Answer, timeToLive: UInt32) -> [UInt8]? {
        switch step {
        case .silent: return nil
        case .notFound: return message(code: 3, [])
        case .serverFailure: return message(code: 2, [])
        case .addresses(let list): return message(code: 0, records(list, timeToLive))
        case .alias(let name, let list):
            return message(
                code: 0,
                [alias(to: name)] + records(list, timeToLive, owner: Self.encoded(name)))
        case .aliasLoop:
            // The name is its alias' alias.
            let other = Self.encoded("b.test")
            return message(
                code: 0,
                [alias(to: "b.test"), record(other, Self.typeCNAME, 0, [0xC0, 0x0C])])
        }
    }

    /// The head alone, which sends the client to TCP.
    func truncated() -> [UInt8] {
        id + [0x83, 0x80, 0, 1, 0, 0, 0, 0, 0, 0] + question
    }

    /// - Parameter owner: whose they are; 0xC00C points at the question's name.
    private func records(
        _ list: [String], _ timeToLive: UInt32, owner: [UInt8] = [0xC0, 0x0C]
    ) -> [[UInt8]] {
        list.compactMap { SocketAddress(literal: $0, port: 0) }.filter { $0.isIPv4 != isIPv6 }.map {
            let low = Self.bytes($0.low)
            let data = $0.isIPv4 ? Array(low.suffix(4)) : Self.bytes($0.high) + low
            return record(owner, type, timeToLive, data)
        }
    }

    private func alias(to name: String) -> [UInt8] {
        record([0xC0, 0x0C], Self.typeCNAME, 0, Self.encoded(name))
    }

    private func record(
        _ name: [UInt8], _ type: UInt16, _ timeToLive: UInt32, _ data: [UInt8]
    ) -> [UInt8] {
        name + Self.bytes(type) + [0, 1] + Self.bytes(timeToLive) + Self.bytes(UInt16(data.count))
            + data
    }

    private func message(code: UInt8, _ records: [[UInt8]]) -> [UInt8] {
        id + [0x81, 0x80 | code, 0, 1] + Self.bytes(UInt16(records.count)) + [0, 0, 0, 0]
            + question + records.flatMap { $0 }
    }

    private static func encoded(_ name: String) -> [UInt8] {
        name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
