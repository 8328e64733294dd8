/// Why the demo server cannot start.
public struct DemoUpstreamError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
