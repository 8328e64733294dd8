/// One thing that is wrong in a configuration file.
public struct ConfigurationFault: Sendable, Equatable, CustomStringConvertible {
    public let file: String
    /// Counted from 1; 0 when the fault is the file's as a whole.
    public let line: Int
    public let column: Int
    /// What is wrong; what is accepted; the nearest spelling, if one is near.
    public let message: String

    public var description: String {
        line == 0 ? "\(file): \(message)" : "\(file):\(line):\(column): \(message)"
    }
}

/// Everything that is wrong with a configuration, in the order of the files.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    public let faults: [ConfigurationFault]

    public var description: String {
        faults.map(\.description).joined(separator: "\n")
    }
}
