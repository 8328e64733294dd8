public import Rego

/// The parsed modules of a bundle, in the order of the archive or sorted for a folder.
public struct BundleModules: Sendable {
    /// Paths in the bundle without a leading slash; a location's `file` is an index into these.
    public private(set) var paths: [String] = []
    public private(set) var sources: [[UInt8]] = []
    public private(set) var parsed: [Module] = []
    /// The names in `parsed`.
    public private(set) var symbols = SymbolTable()

    public init() {}

    /// Parses a source and adds it.
    ///
    /// - Throws: what the parser says of it.
    public mutating func add(
        _ source: [UInt8], path: String, version: RegoVersion
    ) throws(BundleError) {
        let file = paths.count
        paths.append(path)
        sources.append(source)
        do throws(RegoErrors) {
            parsed.append(
                try ModuleParser.parse(
                    source, file: file, options: ParserOptions(version: version),
                    symbols: &symbols))
        } catch {
            throw .modules(describe(error))
        }
    }

    /// The errors with the paths of their modules.
    func describe(_ errors: RegoErrors) -> [ModuleError] {
        errors.errors.map { error in
            let file = error.location.map { Int($0.file) }
            return ModuleError(
                code: error.code.rawValue, message: error.message,
                file: file.flatMap { paths.indices.contains($0) ? paths[$0] : nil } ?? "",
                row: Int(error.location?.row ?? 0), column: Int(error.location?.column ?? 0))
        }
    }

    /// Every module's package must lie below one of the roots.
    func check(_ roots: BundleRoots) throws(BundleError) {
        for (module, path) in zip(parsed, paths) {
            let package = packagePath(of: module)
            guard roots.contain(package) else {
                throw .moduleOutsideRoots(
                    roots: roots.paths, package: package.joined(separator: "."), path: path)
            }
        }
    }

    /// The segments of a package, without `data`.
    private func packagePath(of module: Module) -> [String] {
        module.package.path.dropFirst().compactMap { term in
            if case .string(let name) = term.value { symbols[name] } else { nil }
        }
    }
}
