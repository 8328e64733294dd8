/// The versions of TLS that may be the lowest.
public enum TLSVersionName: String, Sendable, CaseIterable {
    case tls12 = "1.2"
    case tls13 = "1.3"
}
