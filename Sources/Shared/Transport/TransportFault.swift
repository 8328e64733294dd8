public import HTTP
public import IO

/// Why an exchange could not be brought to its end. Who is at fault decides the status.
public enum TransportFault: Equatable, Sendable {
    // the client
    case malformedHead(HeadError)
    case malformedContent(BodyError)
    /// The head or the content did not come in time.
    case requestTimeout
    /// It wants to speak over its stream what its route does not (RFC 9220 §3).
    case protocolRefused
    /// The client is gone; nobody is told.
    case clientClosed

    // the upstream
    case connectFailed(SystemError)
    /// There is no address to connect to.
    case unresolved(ResolutionFailure)
    case connectTimeout
    /// The connection is there, but could not be secured.
    case tlsFailed(TLSFailure)
    /// All connections that may be open are in use.
    case overflow
    /// It closed before a response was complete.
    case upstreamClosed
    case upstreamTimeout
    case malformedResponse
    /// Its content is compressed, and was to be inspected.
    case codedContent
    /// Nothing passed through a tunnel for too long.
    case tunnelIdle

    // us
    /// Connections hold as much content that waits for its receiver as all of them may together.
    case buffersFull
    /// What a handler wanted added to a head was more than there is room for.
    case headTooLarge
    /// The process is told to stop and the time for it is over.
    case drained

    /// What the client is told (RFC 9110 §15).
    public var status: Int {
        switch self {
        case .malformedHead(let error): error.status
        case .malformedContent(let error): error.status
        case .requestTimeout: 408
        case .protocolRefused: 501
        case .clientClosed: 499
        case .connectFailed, .tlsFailed, .upstreamClosed, .malformedResponse, .codedContent: 502
        case .connectTimeout, .upstreamTimeout, .tunnelIdle: 504
        case .overflow, .buffersFull, .drained: 503
        case .unresolved(let failure): failure.status
        case .headTooLarge: 500
        }
    }
}

extension ResolutionFailure {
    /// Only what another try soon may change is the service's being unavailable.
    fileprivate var status: Int {
        switch self {
        case .pending: 503
        case .timeout: 504
        case .notFound, .noAddress, .addressRefused, .serverFailed: 502
        }
    }
}
