internal import Bytes
internal import Files
internal import Rego

/// Puts together what a command names: bundles, files and folders.
///
/// Unlike a bundle's files, JSON and YAML files of a plain folder are data whatever their names,
/// at the path of their folder (as `opa eval -d` does).
public struct PolicyLoader {
    /// How bundles are read; the language is that of single files too.
    public var options: Bundle.Options
    /// Files that match are left out, by their path or their last name.
    public var ignored: [PathGlob]

    private var freezer = Freezer()
    private var tree: DataTree
    private var modules = BundleModules()
    private var errors: [ModuleError] = []
    private var warnings: [String] = []

    public init(_ options: Bundle.Options = .init(), ignored: [PathGlob] = []) {
        self.options = options
        self.ignored = ignored
        tree = DataTree(freezer)
    }

    /// Adds a bundle's `.tar.gz` or folder.
    public mutating func add(bundle path: String) throws(BundleError) {
        let path = InputFile.path(path)
        let files = try BundleFile.load(path).filter { !isIgnored($0.path) }
        let bundle = try Bundle.read(files, options)
        let parts = bundle.modules
        for (index, name) in parts.paths.enumerated() {
            try add(
                source: parts.sources[index], path: "\(path)/\(name)",
                version: parts.versions[index])
        }
        if tree.root.object.count == 0 {
            // The first one's data may be large: it is shared, not copied.
            freezer = Freezer(extending: bundle.data)
            tree = DataTree(freezer)
            try tree.insert(bundle.data.root, at: [])
        } else {
            try tree.insert(freezer.copy(bundle.data.root), at: [])
        }
        warnings += bundle.warnings
    }

    /// Adds a file or a folder. `a.b:PATH` puts a file's data below `data.a.b`.
    public mutating func add(path: String) throws(BundleError) {
        let (prefix, path) = Self.split(path)
        guard Folder.exists(path) else {
            let bytes: [UInt8]
            do throws(FileError) {
                bytes = try File.read(path, bytesMax: BundleLimits().bytesMax)
            } catch {
                throw .file(error)
            }
            if path.hasSuffix(".tar.gz") { return try add(bundle: path) }
            return try add(file: bytes, path: path, at: prefix)
        }
        for file in try BundleFile.read(folder: path) where !isIgnored(file.path) {
            try add(file: file.bytes, path: "\(path)/\(file.path)", at: prefix + file.folders)
        }
    }

    /// Everything that was added, as one bundle that owns all of `data`.
    ///
    /// - Throws: the parser's errors of all sources.
    public consuming func finish() throws(BundleError) -> Bundle {
        guard errors.isEmpty else { throw .modules(errors) }
        let data = freezer.seal(root: tree.root)
        return Bundle(
            manifest: BundleManifest(), modules: modules, data: data, warnings: warnings)
    }

    private mutating func add(
        file bytes: [UInt8], path: String, at place: [String]
    ) throws(BundleError) {
        let name = path.split(separator: "/").last ?? ""
        if name.hasSuffix(".rego") {
            try add(source: bytes, path: path, version: options.version)
        } else if name.hasSuffix(".json"), !name.hasPrefix(".") {
            try tree.insert(try DataFile.json(bytes, path: path, freezer), at: place)
        } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            try tree.insert(try DataFile.yaml(bytes, path: path, freezer), at: place)
        }
    }

    private mutating func add(
        source: [UInt8], path: String, version: RegoVersion
    ) throws(BundleError) {
        do throws(BundleError) {
            try modules.add(source, path: path, version: version)
        } catch .modules(let found) {
            errors += found
        }
    }

    private func isIgnored(_ path: String) -> Bool {
        let name = String(path.split(separator: "/").last ?? "")
        return ignored.contains { $0.matches(path) || $0.matches(name) }
    }

    private static func split(_ path: String) -> (prefix: [String], path: String) {
        guard let colon = path.firstIndex(of: ":"), !path[..<colon].contains("/") else {
            return ([], path)
        }
        if path.hasPrefix("file://") { return ([], InputFile.path(path)) }
        let prefix = path[..<colon].split(separator: ".").map(String.init)
        return (prefix, InputFile.path(String(path[path.index(after: colon)...])))
    }
}
