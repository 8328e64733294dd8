/// What a server answered, complete.
public struct FetchResponse: Sendable {
    public let status: Int
    /// In the order in which they came; names in lower case.
    public let fields: [(name: String, value: String)]
    public let content: [UInt8]
    /// Of all content that came and was taken.
    public let contentBytes: Int
    /// There was more than was taken.
    public let isCut: Bool

    /// The first field of this name, which is in lower case.
    public func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}
