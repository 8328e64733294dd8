public import Rego

/// The parsed modules of a bundle, in the order of the archive or sorted for a folder.
public struct BundleModules: Sendable {
    /// Paths in the bundle without a leading slash; a location's `file` is an index into these.
    public private(set) var paths: [String] = []
    public private(set) var sources: [[UInt8]] = []
    public private(set) var versions: [RegoVersion] = []
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
        versions.append(version)
        do throws(RegoErrors) {
            parsed.append(
                try ModuleParser.parse(
                    source, file: file, options: ParserOptions(version: version),
                    symbols: &symbols))
        } catch {
            throw .modules(describe(error.errors))
        }
    }

    /// The errors with the paths of their modules.
    func describe(_ errors: [RegoError]) -> [ModuleError] {
        errors.map { error($0.code, $0.message, at: $0.location) }
    }

    /// Errors of a query's own text, whose places are in no file.
    static func describe(query errors: [RegoError]) -> [ModuleError] {
        errors.map { error in
            ModuleError(
                code: error.code.rawValue, message: error.message, file: "",
                row: Int(error.location?.row ?? 0), column: Int(error.location?.column ?? 0))
        }
    }

    func error(
        _ code: RegoError.Code, _ message: String, at location: SourceLocation?
    ) -> ModuleError {
        let file = location.map { Int($0.file) } ?? -1
        return ModuleError(
            code: code.rawValue, message: message,
            file: paths.indices.contains(file) ? paths[file] : "",
            row: Int(location?.row ?? 0), column: Int(location?.column ?? 0))
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

    /// The name of a module's package with `data` in front.
    func packageName(of module: Module) -> String {
        (["data"] + packagePath(of: module)).joined(separator: ".")
    }

    /// The words of a reference up to the first that is no name.
    func names(of reference: [Term]) -> [String] {
        reference.prefix { Self.symbol($0) != nil }.compactMap(Self.symbol).map { symbols[$0] }
    }

    /// The segments of a package, without `data`.
    private func packagePath(of module: Module) -> [String] {
        names(of: Array(module.package.path.dropFirst()))
    }

    private static func symbol(_ term: Term) -> Symbol? {
        switch term.value {
        case .string(let name), .variable(let name): name
        default: nil
        }
    }
}
