/// Something in a bundle's data that the gateway cannot work with. Never shows a key.
public struct GatewayDataFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where it is below `data`, such as `api_keys[2].expires_at`.
    public let path: String
    public let message: String

    public var description: String { "\(path): \(message)" }
}
