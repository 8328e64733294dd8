public import Rego

/// A bundle's `.manifest` (OPA, "Bundle File Format").
public struct BundleManifest: Sendable, Equatable {
    public var revision = ""
    public var roots = BundleRoots.all
    /// The language of files that `fileRegoVersions` says nothing about; nil: v1.
    public var regoVersion: RegoVersion?
    /// The first pattern that matches a file's name counts.
    public var fileRegoVersions: [FilePattern] = []

    /// The JSON text of `metadata`, which means nothing to the loader.
    public var metadata: [UInt8]?

    public struct FilePattern: Sendable, Equatable {
        public let glob: PathGlob
        public let version: RegoVersion
    }

    /// The manifest of a bundle without one.
    public init() {}

    /// Reads a manifest. Keys that OPA does not know are ignored as OPA ignores them.
    public init(_ document: Value) throws(BundleError) {
        guard document.isObject else { throw .manifest("must be an object") }
        let members = document.object
        let revision = members["revision"]
        guard revision.isUndefined || revision.isNull || revision.isString else {
            throw .manifest("revision must be a string")
        }
        self.revision = revision.text ?? ""
        if members["roots"].isDefined, !members["roots"].isNull {
            roots = try BundleRoots(try Self.strings(members["roots"], "roots"))
        }
        regoVersion = try Self.version(members["rego_version"], "rego_version")
        try readFileVersions(members["file_rego_versions"])
        if members["metadata"].isDefined { metadata = members["metadata"].json() }
        try checkResolvers(members["wasm"])
    }

    /// The language of a file by its name in the archive.
    public func version(of name: String) -> RegoVersion {
        fileRegoVersions.first { $0.glob.matches(name) }?.version ?? regoVersion ?? .v1
    }

    private mutating func readFileVersions(_ value: Value) throws(BundleError) {
        guard value.isDefined, !value.isNull else { return }
        guard value.isObject else { throw .manifest("file_rego_versions must be an object") }
        for position in 0..<value.object.count {
            let pattern = value.object.key(at: position).text ?? ""
            guard let glob = PathGlob(pattern) else {
                throw .manifest("file_rego_versions: '\(pattern)' is no pattern")
            }
            let name = "file_rego_versions '\(pattern)'"
            guard let version = try Self.version(value.object.value(at: position), name) else {
                throw .manifest("\(name) must be 0 or 1")
            }
            fileRegoVersions.append(FilePattern(glob: glob, version: version))
        }
    }

    /// Policies are evaluated from their sources; a module that exists only as Wasm cannot be.
    private func checkResolvers(_ value: Value) throws(BundleError) {
        guard value.isDefined, !value.isNull else { return }
        guard value.isArray, value.array.count == 0 else {
            throw .manifest("wasm: Wasm modules are not supported, ship the Rego sources")
        }
    }

    private static func version(
        _ value: Value, _ name: String
    ) throws(BundleError) -> RegoVersion? {
        guard value.isDefined, !value.isNull else { return nil }
        switch value.int64 {
        case 0: return .v0
        case 1: return .v1
        default: throw .manifest("\(name) must be 0 or 1")
        }
    }

    private static func strings(_ value: Value, _ name: String) throws(BundleError) -> [String] {
        guard value.isArray else { throw .manifest("\(name) must be a list of strings") }
        var texts: [String] = []
        for element in value.array.buffer {
            guard let text = element.text else {
                throw .manifest("\(name) must be a list of strings")
            }
            texts.append(text)
        }
        return texts
    }
}
