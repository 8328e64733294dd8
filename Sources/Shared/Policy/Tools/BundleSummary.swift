internal import Bytes
internal import Files
internal import Rego

/// What is in a bundle, as `opa inspect` tells it: the manifest, the signatures, which files
/// contribute to which part of `data`, and the annotations of packages and rules.
///
/// Signatures are shown, not verified.
public struct BundleSummary: Sendable {
    /// The files of a part of `data`.
    struct Namespace: Sendable, Equatable {
        let name: String
        var files: [String]
    }

    /// What the bundle has to no effect.
    public let warnings: [String]
    let revision: String
    let roots: [String]
    /// The `.manifest` as it is written; an empty object when there is none.
    let manifest: FrozenData
    /// The `.signatures.json` as it is written; an empty object when there is none.
    let signatures: FrozenData
    let namespaces: [Namespace]
    /// Nil when they were not asked for.
    let annotations: [AnnotationSummary]?

    /// Reads a bundle's `.tar.gz` or folder, or a single `.rego` file.
    ///
    /// - Parameter listsAnnotations: the summary has the annotations too.
    /// - Throws: what makes the bundle unreadable; whether its modules compile is not looked at.
    public init(
        _ path: String, listsAnnotations: Bool = false, options: Bundle.Options = .init()
    ) throws(BundleError) {
        var options = options
        options.skipsVerification = true
        options.verification = nil
        let files = try Self.files(path, options)
        let bundle = try Bundle.read(files, options)
        let names = FileNames(path)
        warnings = bundle.warnings
        revision = bundle.manifest.revision
        roots = bundle.manifest.roots.paths
        manifest = try Self.document(".manifest", files)
        signatures = try Self.document(".signatures.json", files)
        namespaces = Self.namespaces(bundle.modules, files, names)
        annotations = listsAnnotations ? try Self.annotations(bundle.modules, names) : nil
    }

    private static func files(
        _ path: String, _ options: Bundle.Options
    ) throws(BundleError) -> [BundleFile] {
        guard path.hasSuffix(".rego"), !Folder.exists(path) else {
            return try BundleFile.load(path, limits: options.limits)
        }
        do throws(FileError) {
            let bytes = try File.read(path, bytesMax: options.limits.bytesMax)
            return [BundleFile(path: path, name: path, bytes: bytes)]
        } catch {
            throw .file(error)
        }
    }

    private static func document(
        _ name: String, _ files: [BundleFile]
    ) throws(BundleError) -> FrozenData {
        guard let file = files.last(where: { $0.path == name }) else { return .empty }
        let parsed = file.bytes.withUnsafeBytes { text in
            Result { () throws(JSONError) in try FrozenData.json(text) }
        }
        switch parsed {
        case .success(let document): return document
        case .failure(let error):
            throw .data(path: name, reason: JSONPlace.describe(error, in: file.bytes))
        }
    }

    private static func namespaces(
        _ modules: BundleModules, _ files: [BundleFile], _ names: FileNames
    ) -> [Namespace] {
        var found: [String: [String]] = [:]
        for (module, path) in zip(modules.parsed, modules.paths) {
            found[module.package.text(modules.symbols), default: []].append(names.name(of: path))
        }
        for file in files where isData(file) {
            let name = (["data"] + file.folders).joined(separator: ".")
            found[name, default: []].append(names.name(of: file.path))
        }
        return found.map { Namespace(name: $0.key, files: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func isData(_ file: BundleFile) -> Bool {
        switch file.lastName {
        case "data.json", "data.yaml", "data.yml": true
        case let name:
            file.folders.isEmpty && BundleReader.formerDataFiles.contains(String(name))
        }
    }

    private static func annotations(
        _ modules: BundleModules, _ names: FileNames
    ) throws(BundleError) -> [AnnotationSummary] {
        var summaries: [AnnotationSummary] = []
        for reference in AnnotationLister.list(modules.parsed, symbols: modules.symbols) {
            let file = Int(reference.location.file)
            let path = modules.paths.indices.contains(file) ? modules.paths[file] : ""
            summaries.append(try AnnotationSummary(reference, file: names.name(of: path)))
        }
        return summaries
    }
}

/// How the files of a bundle are called in a summary: by their path in an archive, with a slash
/// in front, and by their path on disk in a folder.
private struct FileNames {
    private let prefix: String

    init(_ path: String) {
        if Folder.exists(path) {
            let folder = Folder(path).path
            prefix = folder == "." ? "" : folder == "/" ? "/" : folder + "/"
        } else {
            prefix = path.hasSuffix(".rego") ? "" : "/"
        }
    }

    func name(of path: String) -> String { prefix + path }
}
