/// A label of a series. Its value comes from our configuration or our code, never from a client.
public struct MetricLabel: Hashable, Sendable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
