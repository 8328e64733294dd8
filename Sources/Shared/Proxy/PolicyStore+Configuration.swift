public import Config
public import Policy
public import Telemetry

extension PolicyStore {
    /// Loads the bundle that a role's configuration names, and logs what came of it.
    ///
    /// - Parameter role: the section of the configuration, for the error.
    public static func load(
        _ configuration: PolicyConfiguration, role: String, _ log: Log
    ) throws(RoleError) -> PolicyStore {
        do throws(BundleError) {
            let store = try PolicyStore(configuration)
            log.info(
                "bundle activated",
                [
                    "path": .text(configuration.bundle),
                    "revision": .text(store.current.manifest.revision),
                ])
            store.current.tellWarnings(log)
            return store
        } catch {
            throw RoleError(
                "\(role).policy.bundle: \(configuration.bundle): \(error.description)")
        }
    }

    /// Loads the bundle that the configuration names, as it wants it verified.
    public convenience init(_ configuration: PolicyConfiguration) throws(BundleError) {
        try self.init(
            path: configuration.bundle, entrypoint: configuration.entrypoint,
            options: try Bundle.Options(configuration))
    }
}

extension Bundle {
    /// Reads the bundle that the configuration names, as it wants it verified.
    public static func load(_ configuration: PolicyConfiguration) throws(BundleError) -> Bundle {
        try load(configuration.bundle, try Options(configuration))
    }
}

extension Bundle.Options {
    fileprivate init(_ configuration: PolicyConfiguration) throws(BundleError) {
        self.init()
        verification = try configuration.verification.map {
            (verification) throws(BundleError) in try BundleVerification(verification)
        }
    }
}

extension BundleVerification {
    fileprivate init(_ configuration: VerificationConfiguration) throws(BundleError) {
        var excluded: [PathGlob] = []
        for pattern in configuration.excludedFiles {
            guard let glob = PathGlob(pattern) else {
                throw .signature("exclude_files: '\(pattern)' is no pattern")
            }
            excluded.append(glob)
        }
        let key = Key(
            algorithm: configuration.algorithm, material: configuration.key, scope: configuration.scope)
        self.init(
            keys: [configuration.keyID: key], keyID: configuration.keyID, excluded: excluded)
    }
}

extension PolicyStore.Outcome {
    /// Logs what became of a reload.
    ///
    /// - Parameter revision: of the bundle that is in force now.
    public func tell(_ log: Log, inForce revision: String) {
        switch self {
        case .activated(let policy):
            log.info(
                "bundle activated",
                [
                    "revision": .text(policy.manifest.revision),
                    "generation": .number(Int64(policy.generation)),
                ])
            policy.tellWarnings(log)
        case .rejected(let error):
            log.error(
                "bundle refused, the one in force stays",
                ["reason": .text(error.description), "revision": .text(revision)])
        }
    }
}

extension PolicySnapshot {
    fileprivate func tellWarnings(_ log: Log) {
        for warning in warnings { log.warning("bundle", ["warning": .text(warning)]) }
    }
}
