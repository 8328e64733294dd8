public import Rego

/// A bundle that was read: its parts are well-formed and lie below its roots. Whether its modules
/// compile is said by `PolicySnapshot`.
public struct Bundle: Sendable {
    public let manifest: BundleManifest
    public let modules: BundleModules
    /// The base document, an object.
    public let data: FrozenData
    /// What the bundle has to no effect.
    public let warnings: [String]

    /// How a bundle is read.
    public struct Options: Sendable {
        public var limits = BundleLimits()
        /// The language when the manifest does not name one.
        public var version = RegoVersion.v1
        /// Nil: bundles are not signed, and a signed one is refused.
        public var verification: BundleVerification?
        /// Signed bundles are read as if they were not.
        public var skipsVerification = false

        public init() {}
    }

    /// Reads the `.tar.gz` or the folder at `path`.
    public static func load(
        _ path: String, _ options: Options = .init()
    ) throws(BundleError) -> Bundle {
        try read(try BundleFile.load(path, limits: options.limits), options)
    }

    /// Reads the files of a bundle.
    public static func read(
        _ files: [BundleFile], _ options: Options = .init()
    ) throws(BundleError) -> Bundle {
        if let verification = options.verification {
            try BundleVerifier(verification).verify(files)
        }
        var reader = BundleReader(options)
        return try reader.read(files)
    }
}
