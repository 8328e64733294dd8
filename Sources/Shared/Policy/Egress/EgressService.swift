/// An external service that sandboxes may call by name, as the bundle's data has it.
public struct EgressService: Sendable, Equatable {
    /// What `Host` says, in lower case.
    public let name: String
    public let origin: ServiceOrigin
    /// What policy lets through; nil for the paths: all.
    public let methods: [String]
    public let paths: [String]?
    /// The name of the credential that is put in; nil: none is.
    public let credential: String?
    /// How long the service may be silent.
    public let timeout: Duration
    /// Fields of requests that do not have them.
    public let headers: [Header]
    /// Whether cookies pass in both directions.
    public let allowsCookies: Bool
    /// Whether a connection may become a WebSocket, whose bytes pass as they are.
    public let allowsWebSocket: Bool

    public struct Header: Sendable, Equatable {
        public let name: String
        public let value: String
    }
}
