public import Config
public import Policy

extension PolicyStore {
    /// Loads the bundle that the configuration names, as it wants it verified.
    public convenience init(_ configuration: PolicyConfiguration) throws(BundleError) {
        var options = Bundle.Options()
        options.verification = try configuration.verification.map {
            (verification) throws(BundleError) in try BundleVerification(verification)
        }
        try self.init(
            path: configuration.bundle, entrypoint: configuration.entrypoint, options: options)
    }
}

extension BundleVerification {
    fileprivate init(_ configuration: VerificationConfiguration) throws(BundleError) {
        guard let algorithm = Algorithm(rawValue: configuration.algorithm.rawValue) else {
            throw .signature("unsupported algorithm \(configuration.algorithm.rawValue)")
        }
        var excluded: [PathGlob] = []
        for pattern in configuration.excludedFiles {
            guard let glob = PathGlob(pattern) else {
                throw .signature("exclude_files: '\(pattern)' is no pattern")
            }
            excluded.append(glob)
        }
        let key = Key(
            algorithm: algorithm, material: configuration.key, scope: configuration.scope)
        self.init(
            keys: [configuration.keyID: key], keyID: configuration.keyID, excluded: excluded)
    }
}
