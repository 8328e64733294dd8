/// Why there is no response.
public enum FetchError: Error, Equatable, Sendable {
    /// A URL or field that cannot be sent.
    case badRequest(String)
    case timeout
    /// The certificate is none that is trusted, or not one for that host.
    case certificate(String)
    case tooLarge(limit: Int)
    /// No connection, or one that broke off. The text is libcurl's.
    case failed(String)
    case outOfMemory
    /// Whoever asked wants no answer any more.
    case givenUp
}

extension FetchError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badRequest(let reason): "cannot be sent: \(reason)"
        case .timeout: "no answer in time"
        case .certificate(let reason): "certificate refused: \(reason)"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .failed(let reason): reason
        case .outOfMemory: "out of memory"
        case .givenUp: "given up"
        }
    }
}
