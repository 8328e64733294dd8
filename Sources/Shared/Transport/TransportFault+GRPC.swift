public import HTTP

extension TransportFault {
    /// What a gRPC client is told.
    public var grpcStatus: GRPCCode {
        switch self {
        case .malformedHead(let error) where error.status == 431: .resourceExhausted
        case .malformedHead, .malformedContent: .invalidArgument
        case .requestTimeout, .upstreamTimeout: .deadlineExceeded
        case .protocolRefused: .notServed
        case .malformedResponse, .codedContent, .headTooLarge: .internal
        case .clientClosed, .connectFailed, .unresolved, .connectTimeout, .tlsFailed, .overflow,
            .upstreamClosed, .tunnelIdle, .buffersFull, .drained:
            .unavailable
        }
    }
}
