internal import Bytes
internal import Rego

/// Sorts a bundle's files into manifest, modules and data, as OPA's loader does.
///
/// What OPA would ignore without a word is said in `warnings`, and the old stack's
/// `gateway_config.json` and `egress_config.json` at the root count as data.
struct BundleReader {
    private let options: Bundle.Options
    private let freezer = Freezer()
    private var data: DataTree
    private var manifest: BundleManifest?
    private var sources: [BundleFile] = []
    private var warnings: [String] = []

    init(_ options: Bundle.Options) {
        self.options = options
        data = DataTree(freezer)
    }

    /// The old stack's data files. OPA never read them.
    static let formerDataFiles = ["gateway_config.json", "egress_config.json"]

    mutating func read(_ files: [BundleFile]) throws(BundleError) -> Bundle {
        for file in files { try take(file) }
        var manifest = manifest ?? BundleManifest()
        if manifest.regoVersion == nil { manifest.regoVersion = options.version }
        try data.check(manifest.roots)
        let modules = try parse(sources, manifest)
        try modules.check(manifest.roots)
        return Bundle(
            manifest: manifest, modules: modules, data: freezer.seal(root: data.root),
            warnings: warnings)
    }

    /// The error has the faults of every module.
    private func parse(
        _ files: [BundleFile], _ manifest: BundleManifest
    ) throws(BundleError) -> BundleModules {
        var modules = BundleModules()
        var errors: [ModuleError] = []
        for file in files {
            do throws(BundleError) {
                try modules.add(
                    file.bytes, path: file.path, version: manifest.version(of: file.name))
            } catch .modules(let found) {
                errors += found
            }
        }
        guard errors.isEmpty else { throw .modules(errors) }
        return modules
    }

    private mutating func take(_ file: BundleFile) throws(BundleError) {
        switch file.lastName {
        case ".manifest" where file.folders.isEmpty: try takeManifest(file)
        case ".signatures.json" where file.folders.isEmpty:
            guard options.verification != nil || options.skipsVerification else {
                throw .noVerificationKey
            }
        case "patch.json" where file.folders.isEmpty: throw .delta
        case "data.json": try data.insert(try json(file), at: file.folders)
        case "data.yaml", "data.yml": try data.insert(try yaml(file), at: file.folders)
        case "egress_secrets.json":
            throw .refused(
                path: file.path,
                reason: "holds credentials, which have no place in a bundle; name the file as the "
                    + "egress role's credential source and leave it out")
        case let name where file.folders.isEmpty && Self.formerDataFiles.contains(String(name)):
            try data.insert(try json(file), at: [])
        case let name where name.hasSuffix(".rego"): sources.append(file)
        case let name where name.hasSuffix(".json") || name.hasSuffix(".yaml"):
            warnings.append(
                "\(file.path) is not read: data files are called data.json or data.yaml")
        case "policy.wasm":
            warnings.append("\(file.path) is not read: policies are evaluated from their sources")
        default: break
        }
    }

    private mutating func takeManifest(_ file: BundleFile) throws(BundleError) {
        let parsed = file.bytes.withUnsafeBytes { text in
            Result { () throws(JSONError) in try FrozenData.json(text) }
        }
        switch parsed {
        case .success(let document): manifest = try BundleManifest(document.root)
        case .failure(let error): throw .manifest(JSONPlace.describe(error, in: file.bytes))
        }
    }

    private func json(_ file: BundleFile) throws(BundleError) -> Value {
        try DataFile.json(file.bytes, path: file.path, freezer, depthMax: options.limits.depthMax)
    }

    private func yaml(_ file: BundleFile) throws(BundleError) -> Value {
        try DataFile.yaml(
            file.bytes, path: file.path, freezer, depthMax: min(options.limits.depthMax, 256))
    }
}
