/// How much an operational message matters.
public enum LogLevel: UInt8, Comparable, CaseIterable, Sendable {
    case debug, info, warning, error

    /// - Parameter name: as configuration writes it: `debug`, `info`, `warning` or `error`.
    public init?(name: String) {
        guard let level = LogLevel.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    public var name: String { "\(self)" }

    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
