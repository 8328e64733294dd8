internal import Bytes
internal import Rego

/// Makes the `.tar.gz` of a bundle as `opa build` lays it out: one `data.json`, the modules, a
/// manifest. The same files always give the same bytes.
public struct BundleBuilder: Sendable {
    /// What goes into the manifest; nil: what the folder's own manifest says.
    public var revision: String?
    /// Files that match are left out, by their path or their last name.
    public var ignored: [PathGlob] = []
    public var options = Bundle.Options()
    /// The only builtins that there are; nil for all.
    public var knownBuiltins: Set<String>?
    /// Nil: the bundle is not signed.
    public var signer: BundleSigner?

    public init() {}

    /// A finished archive.
    public struct Result: Sendable {
        public let archive: [UInt8]
        public let bundle: Bundle
        public let files: Int
        /// What is left out, has no effect or should not stay as it is.
        public let warnings: [String]
    }

    /// Checks the files and packs them.
    ///
    /// - Throws: what makes the bundle invalid; `secrets` when a file holds a credential.
    public func build(_ files: [BundleFile]) throws(BundleError) -> Result {
        let kept = files.filter { file in
            !ignored.contains { $0.matches(file.path) || $0.matches(String(file.lastName)) }
        }
        let bundle = try checked(kept)
        _ = try bundle.compile(options: CompilerOptions(knownBuiltins: knownBuiltins))
        let gateway = try GatewayData(bundle.data)
        var contents = contents(of: bundle)
        if let signer { contents.append(try signer.sign(contents)) }
        var tar = TarWriter()
        for file in contents { tar.add(name: file.name, bytes: file.bytes) }
        do throws(GzipError) {
            let archive = try GzipWriter.compress(tar.finish())
            return Result(
                archive: archive, bundle: bundle, files: contents.count,
                warnings: bundle.warnings + gateway.warnings)
        } catch {
            throw .gzip(error)
        }
    }

    /// The files of the archive in their order.
    private func contents(of bundle: Bundle) -> [BundleFile] {
        func file(_ path: String, _ bytes: [UInt8]) -> BundleFile {
            BundleFile(path: path, name: "/" + path, bytes: bytes)
        }
        let modules = zip(bundle.modules.paths, bundle.modules.sources).sorted {
            $0.0.utf8.lexicographicallyPrecedes($1.0.utf8)
        }
        return [file("data.json", bundle.data.root.json() + [ASCII.lineFeed])]
            + modules.map { file($0.0, $0.1) }
            + [file(".manifest", manifest(of: bundle))]
    }

    private func checked(_ files: [BundleFile]) throws(BundleError) -> Bundle {
        var scanner = SecretScanner()
        for file in files { scanner.scan(file: file.path, file.bytes) }
        guard scanner.findings.isEmpty else { throw Self.refusal(scanner) }
        let bundle = try Bundle.read(files, options)
        scanner.scan(data: bundle.data.root, at: "data")
        guard scanner.findings.isEmpty else { throw Self.refusal(scanner) }
        return bundle
    }

    private static func refusal(_ scanner: SecretScanner) -> BundleError {
        .secrets(scanner.findings.map(\.description))
    }

    /// The roots and versions that the bundle was read with, and the revision.
    private func manifest(of bundle: Bundle) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("revision")
        writer.string(revision ?? bundle.manifest.revision)
        writer.key("roots")
        writer.beginArray()
        for root in bundle.manifest.roots.paths { writer.string(root) }
        writer.endArray()
        writer.key("rego_version")
        writer.integer(bundle.manifest.regoVersion == .v0 ? 0 : 1)
        let others = zip(bundle.modules.paths, bundle.modules.versions).filter { _, version in
            version != bundle.manifest.regoVersion ?? .v1
        }
        if !others.isEmpty {
            writer.key("file_rego_versions")
            writer.beginObject()
            for (path, version) in others {
                writer.key(copying: "/" + PathGlob.quote(path))
                writer.integer(version == .v0 ? 0 : 1)
            }
            writer.endObject()
        }
        if let metadata = bundle.manifest.metadata {
            writer.key("metadata")
            metadata.withUnsafeBytes { writer.raw($0) }
        }
        writer.endObject()
        return writer.bytes + [ASCII.lineFeed]
    }
}

extension JSONWriter {
    fileprivate mutating func key(copying name: String) {
        var name = name
        name.withUTF8 { key(UnsafeRawBufferPointer($0)) }
    }
}
