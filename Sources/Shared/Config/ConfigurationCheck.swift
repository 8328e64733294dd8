internal import Credentials
internal import IO

/// Looks at what a configuration names outside of itself: certificates, keys, and the sources of
/// credentials, whose values it never tells.
public struct ConfigurationCheck {
    /// With these nothing starts.
    public private(set) var faults: [ConfigurationFault] = []
    /// With these it starts, and refuses something.
    public private(set) var warnings: [ConfigurationFault] = []
    private let places: ConfigurationPlaces
    private let files: TLSFileCheck

    /// - Parameter nowSeconds: since 1970.
    public init(
        _ configuration: Configuration, _ places: ConfigurationPlaces, nowSeconds: Int64
    ) {
        self.places = places
        files = TLSFileCheck(nowSeconds: nowSeconds)
        if let gateway = configuration.gateway {
            check(gateway.front.tls, at: "gateway.tls")
            for upstream in gateway.upstreams {
                check(upstream.tls, at: "gateway.upstreams.\(upstream.name).tls")
            }
        }
        if let egress = configuration.egress {
            check(egress.front.tls, at: "egress.tls")
            check(egress.upstream.tls, at: "egress.upstream.tls")
            for (name, service) in egress.services.sorted(by: { $0.key < $1.key })
            where service.tls != egress.upstream.tls {
                check(service.tls, at: "egress.services.\(name).tls")
            }
            check(egress.credentials)
        }
    }

    private mutating func check(_ tls: ListenerTLSConfiguration?, at key: String) {
        guard let tls else { return }
        for (index, certificate) in tls.certificates.enumerated() {
            check(
                certificate.certificateFile, certificate.keyFile,
                at: ["\(key).certificates[\(index)].cert", "\(key).certificates[\(index)].key"])
        }
        if let file = tls.clientAuthoritiesFile {
            add(files.authorities(file), at: "\(key).client_ca")
        }
    }

    private mutating func check(_ tls: UpstreamTLSConfiguration?, at key: String) {
        if let file = tls?.authoritiesFile { add(files.authorities(file), at: "\(key).ca_file") }
        if let certificate = tls?.certificateFile, let own = tls?.keyFile {
            check(certificate, own, at: ["\(key).certificate", "\(key).key"])
        }
    }

    /// - Parameter keys: of the certificate and of its key.
    private mutating func check(_ certificate: String, _ key: String, at keys: [String]) {
        for finding in files.credential(certificateFile: certificate, keyFile: key) {
            add([finding], at: keys[finding.file == key ? 1 : 0])
        }
    }

    private mutating func add(_ findings: [TLSFileCheck.Finding], at key: String) {
        for finding in findings {
            let fault = places.fault(at: [key], "\(key): \(finding.file): \(finding.reason)")
            if finding.isFatal { faults.append(fault) } else { warnings.append(fault) }
        }
    }

    // MARK: credentials

    /// The keys of a credential that name a source.
    private static let sourceKeys = [
        "source", "password", "secret_access_key", "client_secret", "private_key", "username",
        "access_key_id", "client_id", "session_token", "scheme",
    ]

    private mutating func check(_ definitions: [CredentialDefinition]) {
        let store: CredentialStore
        do throws(SystemError) {
            store = try CredentialStore(definitions)
        } catch {
            return faults.append(places.fault(at: [], "egress.credentials: \(error)"))
        }
        for (definition, status) in zip(definitions, store.statuses) {
            let missing = definition.scheme.sources.first { !$0.isRunnable }
            guard missing != nil || (status.fault != nil && status.fault != .pending) else {
                continue
            }
            let key = "egress.credentials.\(definition.name)"
            let reason =
                missing.map { "\($0) cannot be run" }
                ?? "\(status.fault?.description ?? "") (\(status.detail))"
            warnings.append(
                places.fault(
                    at: Self.sourceKeys.map { "\(key).\($0)" },
                    "\(key): \(reason): calls that need it are refused with 503"))
        }
    }
}
