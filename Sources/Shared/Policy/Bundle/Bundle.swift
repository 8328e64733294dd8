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

    /// Reads the `.tar.gz` or the folder at `path`.
    public static func load(
        _ path: String, limits: BundleLimits = .init()
    ) throws(BundleError) -> Bundle {
        try read(try BundleFile.load(path, limits: limits), limits: limits)
    }

    /// Reads the files of a bundle.
    ///
    /// - Parameter version: the language when the manifest does not name one.
    public static func read(
        _ files: [BundleFile], limits: BundleLimits = .init(), version: RegoVersion = .v1
    ) throws(BundleError) -> Bundle {
        var reader = BundleReader(limits: limits, version: version)
        return try reader.read(files)
    }
}
