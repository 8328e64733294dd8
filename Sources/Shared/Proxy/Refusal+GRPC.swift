internal import Bytes
internal import HTTP
public import Transport

extension Refusal {
    /// What a gRPC client is told.
    var grpcStatus: GRPCCode {
        switch self {
        case .overloaded, .addressLimited, .keyLimited, .sandboxLimited: .resourceExhausted
        case .targetAmbiguous, .contentTooLargeToSign, .requestNotSignable: .invalidArgument
        case .routeNotFound, .serviceUnknown, .methodNotAllowed: .notServed
        case .credentialMissing, .credentialAmbiguous, .credentialInvalid, .sandboxMissing,
            .sandboxInvalid, .proxyAuthenticationRequired:
            .unauthenticated
        case .denied: .permissionDenied
        case .policyFailed, .credentialUnavailable: .unavailable
        case .transport(let fault): fault.grpcStatus
        }
    }

    /// Makes `reply` a response that is trailers only: gRPC's clients read no content of another
    /// type. `reply.lines` holds what every response carries, `Retry-After` among it.
    func writeGRPC(reasons: [String], to reply: Reply) {
        let status = grpcStatus
        let message = reasons.isEmpty ? "\(detail)" : reasons.joined(separator: "; ")
        let delay = retryAfterSeconds ?? Self.retryAfter(in: reply)
        reply.status = 200
        reply.content.removeAll(keepingCapacity: true)
        reply.lines.append("Content-Type: application/grpc\r\n")
        reply.lines.append(grpcStatus: status, message: message)
        guard status == .resourceExhausted, let delay else { return }
        if let retryAfterSeconds {
            reply.lines.append("Retry-After: ")
            reply.lines.append(decimal: retryAfterSeconds)
            reply.lines.append("\r\n")
        }
        let details = RetryDetails(status: status, message: message, seconds: delay)
        reply.lines.append(grpcDetails: details.bytes)
    }

    /// The seconds that a limit's own `Retry-After` line says.
    private static func retryAfter(in reply: Reply) -> UInt64? {
        let name: [UInt8] = Array("retry-after: ".utf8)
        let lines = reply.lines.bytes
        var start = 0
        while start &+ name.count < lines.count {
            let isIt = name.indices.allSatisfy {
                ASCII.lowercased(lines[start &+ $0]) == name[$0]
            }
            if isIt { return number(lines, from: start &+ name.count) }
            guard let end = lines[start...].firstIndex(of: ASCII.lineFeed) else { return nil }
            start = end &+ 1
        }
        return nil
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt64 {
        var value: UInt64 = 0
        for digit in bytes[start...].prefix(10) {
            guard ASCII.isDigit(digit) else { break }
            value = value &* 10 &+ UInt64(digit &- 0x30)
        }
        return value
    }
}
