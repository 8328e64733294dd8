internal import COpenSSL
internal import GRPC

/// The secret that the gateway and agentd share: who does not know it is not served.
final class AccessToken: Sendable {
    /// What `Authorization` is to say; nil: everybody who can connect is served.
    private let expected: [UInt8]?

    init(_ token: String?) { expected = token.map { Array("Bearer \($0)".utf8) } }

    var isNeeded: Bool { expected != nil }

    /// Compares in a time that does not depend on where a wrong one differs.
    func admits(_ authorization: UnsafeRawBufferPointer) -> Bool {
        guard let expected else { return true }
        guard authorization.count == expected.count else { return false }
        return expected.withUnsafeBytes {
            CRYPTO_memcmp($0.baseAddress, authorization.baseAddress, $0.count) == 0
        }
    }

    func check(_ metadata: Metadata) throws(Status) {
        let authorization = metadata.bytes("authorization") ?? []
        guard authorization.withUnsafeBytes(admits) else {
            throw Status(.unauthenticated, "the call carries no valid token")
        }
    }
}
