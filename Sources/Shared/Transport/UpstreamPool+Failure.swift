internal import IO

extension UpstreamPool {
    /// Why there is no connection.
    enum Failure: Error {
        case overflow
        case unresolved(ResolutionFailure)
        case connectFailed(SystemError)

        var fault: TransportFault {
            switch self {
            case .overflow: .overflow
            case .unresolved(let failure): .unresolved(failure)
            case .connectFailed(let error): .connectFailed(error)
            }
        }
    }
}
