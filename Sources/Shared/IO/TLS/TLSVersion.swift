internal import COpenSSL

/// The versions that are spoken: all others are broken (RFC 8996).
public enum TLSVersion: String, CaseIterable, Sendable, BitwiseCopyable {
    case tls12 = "1.2"
    case tls13 = "1.3"

    var number: CInt {
        switch self {
        case .tls12: TLS1_2_VERSION
        case .tls13: TLS1_3_VERSION
        }
    }
}
