internal import ArgumentParser
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

    var version: RegoVersion { isV0Compatible ? .v0 : .v1 }

    func validate() throws {
        if isV0Compatible, isV1Compatible {
            throw ValidationError("use one of --v0-compatible and --v1-compatible")
        }
        _ = try patterns()
    }

    func patterns() throws -> [PathGlob] {
        try ignore.map { pattern in
            guard let glob = PathGlob(pattern) else {
                throw ValidationError("--ignore: '\(pattern)' is no pattern")
            }
            return glob
        }
    }

    /// Loads files, folders and bundles together.
    func load(paths: [String], bundles: [String]) throws -> Bundle {
        var loader = PolicyLoader(version: version, ignored: try patterns())
        for path in bundles { try loader.add(bundle: path) }
        for path in paths { try loader.add(path: path) }
        return try loader.finish()
    }
}

extension BundleError {
    /// The errors one by one, for output that has a place for each.
    var entries: [ModuleError] {
        if case .modules(let errors) = self { errors } else { [.message(description)] }
    }
}
