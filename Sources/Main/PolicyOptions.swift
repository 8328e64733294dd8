internal import Bytes
internal import ArgumentParser
internal import Files
internal import Policy
internal import Rego

/// What most policy commands accept.
struct PolicyOptions: ParsableArguments {
    @Option(
        name: .customLong("ignore"), parsing: .singleValue,
        help: "Leave out files whose path or name matches this pattern. Repeatable.")
    var ignore: [String] = []

    @Flag(name: .customLong("v0-compatible"), help: "Read sources as Rego v0.")
    var isV0Compatible = false

    @Flag(name: .customLong("v1-compatible"), help: "Read sources as Rego v1 (the default).")
    var isV1Compatible = false

    @Option(
        name: .customLong("verification-key"),
        help: "The file of a public key or certificate in PEM, or the secret of an HMAC.")
    var verificationKey: String?

    @Option(
        name: .customLong("verification-key-id"), help: "The id of the key in the signature.")
    var verificationKeyID = "default"

    @Option(name: .customLong("signing-alg"), help: "The algorithm of the signature.")
    var algorithm = SignatureAlgorithm.rs256.rawValue

    @Option(name: .customLong("scope"), help: "What the signature must be for.")
    var scope: String?

    @Option(
        name: .customLong("exclude-files-verify"), parsing: .singleValue,
        help: "Files that need not be signed. Repeatable.")
    var excluded: [String] = []

    @Flag(name: .customLong("skip-verify"), help: "Read signed bundles as if they were not.")
    var skipsVerification = false

    func validate() throws {
        if isV0Compatible, isV1Compatible {
            throw ValidationError("use one of --v0-compatible and --v1-compatible")
        }
        if verificationKey != nil, skipsVerification {
            throw ValidationError("use one of --verification-key and --skip-verify")
        }
        if SignatureAlgorithm(rawValue: algorithm) == nil {
            let known = SignatureAlgorithm.allCases.map(\.rawValue)
            throw ValidationError(
                "--signing-alg: '\(algorithm)' is none of \(known.joined(separator: ", "))")
        }
        _ = try patterns(ignore, "--ignore")
        _ = try patterns(excluded, "--exclude-files-verify")
    }

    /// The patterns of `--ignore`.
    func ignored() throws -> [PathGlob] { try patterns(ignore, "--ignore") }

    /// How bundles are read.
    func bundleOptions() throws -> Bundle.Options {
        var options = Bundle.Options()
        options.version = isV0Compatible ? .v0 : .v1
        options.skipsVerification = skipsVerification
        options.verification = try verification()
        return options
    }

    /// The signer for a key: an HMAC's secret as it is, anything else a file.
    ///
    /// - Parameter claims: the path of more members for the signature.
    func signer(key: String?, claims: String?) throws -> BundleSigner? {
        guard let key, let algorithm = SignatureAlgorithm(rawValue: algorithm) else {
            return nil
        }
        var signer = BundleSigner(
            algorithm: algorithm, material: try material(key, algorithm),
            keyID: verificationKeyID, scope: scope ?? "")
        signer.claims = try claims.map { try File.read($0, bytesMax: 1 << 20) }
        return signer
    }

    /// Loads files, folders and bundles together.
    ///
    /// - Parameter version: of all sources; nil: what the flags say.
    func load(
        paths: [String], bundles: [String], version: RegoVersion? = nil
    ) throws -> Bundle {
        var reading = try bundleOptions()
        if let version { reading.version = version }
        var loader = PolicyLoader(reading, ignored: try ignored())
        for path in bundles { try loader.add(bundle: path) }
        for path in paths { try loader.add(path: path) }
        return try loader.finish()
    }

    private func verification() throws -> BundleVerification? {
        guard let verificationKey,
            let algorithm = SignatureAlgorithm(rawValue: algorithm)
        else { return nil }
        let material = try material(verificationKey, algorithm)
        let key = BundleVerification.Key(
            algorithm: algorithm, material: material, scope: scope ?? "")
        return BundleVerification(
            keys: [verificationKeyID: key], keyID: verificationKeyID, scope: scope,
            excluded: try patterns(excluded, "--exclude-files-verify"))
    }

    private func material(
        _ key: String, _ algorithm: SignatureAlgorithm
    ) throws -> String {
        if algorithm.rawValue.hasPrefix("HS") { return key }
        return String(decoding: try File.read(key, bytesMax: 1 << 20), as: UTF8.self)
    }

    private func patterns(_ texts: [String], _ name: String) throws -> [PathGlob] {
        try texts.map { text in
            guard let glob = PathGlob(text) else {
                throw ValidationError("\(name): '\(text)' is no pattern")
            }
            return glob
        }
    }
}

extension BundleError {
    /// The errors one by one, for output that has a place for each.
    var entries: [ModuleError] {
        if case .modules(let errors) = self { errors } else { [.message(description)] }
    }
}
