/// A line that was read from the log.
public struct AuditEntry: Sendable, Equatable {
    public let sequence: UInt64
    private let object: LogObject

    private static let begin = Array("{\"seq\":".utf8)

    /// Nil when it is none.
    init?(_ line: ArraySlice<UInt8>) {
        guard let sequence = Self.sequence(of: line), let object = LogObject(line) else {
            return nil
        }
        self.sequence = sequence
        self.object = object
    }

    /// The line as it stands in its file, without its end.
    public var line: String { object.line }

    /// The text of a member, or the spelling of its number; empty when it is not there.
    public subscript(_ name: String) -> String { object[name] }

    /// The members of a list.
    public func list(_ name: String) -> [String] { object.list(name) }

    /// The number that a line begins with.
    static func sequence(of line: ArraySlice<UInt8>) -> UInt64? {
        guard line.starts(with: begin) else { return nil }
        let digits = line.dropFirst(begin.count).prefix { $0 &- 0x30 < 10 }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }
}
