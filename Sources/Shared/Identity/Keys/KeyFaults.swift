/// Everything that is wrong with a list of key definitions.
public struct KeyFaults: Error, Sendable, CustomStringConvertible {
    public let faults: [KeyFault]

    public var description: String {
        faults.map(\.description).joined(separator: "\n")
    }
}
