public import Files
internal import Rego

/// What `sluice policy fmt` does with each source, as `opa fmt` does.
public struct PolicyFormat: Sendable {
    /// What is done with the formatted source.
    public enum Mode: Sendable {
        /// It is printed.
        case print
        /// It replaces the file.
        case write
        /// Its differences from the file are printed.
        case diff
        /// The file's name is printed when there are any.
        case list
    }

    /// The languages of a source and of what is made of it.
    public enum Language: Sendable, CaseIterable {
        case v1, v0
        /// v0 is made to hold in v1 too.
        case v0ToBoth
        /// v1 is made to hold in v0 too.
        case v1ToBoth

        /// What opa's flags of these names mean together; nil when they contradict each other.
        public init?(v0Compatible: Bool, v1Compatible: Bool, v0AndV1: Bool) {
            switch (v0Compatible, v1Compatible, v0AndV1) {
            case (true, true, _): return nil
            case (_, false, true): self = .v0ToBoth
            case (_, true, true): self = .v1ToBoth
            case (true, false, false): self = .v0
            case (false, _, false): self = .v1
            }
        }
    }

    /// What is left to do for a source.
    public struct Step: Sendable, Equatable {
        /// For standard output.
        public var output: [UInt8] = []
        /// For the file; nil when it stays as it is.
        public var replacement: [UInt8]?
        /// The source was not formatted although `refusesChanges`.
        public var isRefused = false
    }

    public var mode = Mode.print
    public var language = Language.v1
    /// Leaves out the imports that the language makes redundant.
    public var dropsV0Imports = false
    /// A source that is not formatted is an error.
    public var refusesChanges = false

    public init() {}

    /// The files that `path` means: itself, or the `.rego` files below a folder, sorted. A file
    /// of another name is none.
    public static func sources(at path: String) throws(FileError) -> [String] {
        guard Folder.exists(path) else {
            guard File.exists(path) else {
                throw FileError(path: path, reason: "No such file or directory")
            }
            return path.hasSuffix(".rego") ? [path] : []
        }
        let folder = Folder(path)
        let names = try folder.files().filter { $0.hasSuffix(".rego") }
        if folder.path == "." { return names }
        return names.map { folder.path == "/" ? "/\($0)" : "\(folder.path)/\($0)" }
    }

    /// Decides what is done with the source of the file `name`.
    ///
    /// - Throws: what `formatted` does.
    public func step(_ source: [UInt8], name: String) throws(BundleError) -> Step {
        let result = try formatted(source, name: name)
        let isChanged = result != source
        var step = Step(isRefused: isChanged && refusesChanges)
        switch mode {
        case .list: if isChanged { step.output = Array("\(name)\n".utf8) }
        case .diff: step.output = LineDiff(source, result).unified(name: name)
        case .print: if !step.isRefused { step.output = result }
        case .write: if isChanged, !step.isRefused { step.replacement = result }
        }
        return step
    }

    /// The source in its one layout.
    ///
    /// - Throws: the parser's errors with `name` as the file; `refused` when the result would not
    ///   parse.
    public func formatted(_ source: [UInt8], name: String) throws(BundleError) -> [UInt8] {
        let (from, to) = versions
        let result: [UInt8]
        do throws(RegoErrors) {
            result = try Formatter.format(
                source, options: ParserOptions(version: from), as: to,
                dropsV0Imports: dropsV0Imports)
        } catch {
            throw .modules(Self.describe(error, name))
        }
        do throws(RegoErrors) {
            var symbols = SymbolTable()
            let version: RegoVersion = to == .v1 ? .v1 : .v0
            _ = try ModuleParser.parse(
                result, file: 0, options: ParserOptions(version: version), symbols: &symbols)
        } catch {
            let reasons = QueryOutput.sentence(Self.describe(error, "formatted"))
            throw .refused(
                path: name,
                reason: "was successfully formatted, but the result is invalid: \(reasons)")
        }
        return result
    }

    private var versions: (from: RegoVersion, to: RegoVersion) {
        switch language {
        case .v1: (.v1, .v1)
        case .v0: (.v0, .v0)
        case .v0ToBoth: (.v0, .v0CompatibleWithV1)
        case .v1ToBoth: (.v1, .v0CompatibleWithV1)
        }
    }

    private static func describe(_ errors: RegoErrors, _ name: String) -> [ModuleError] {
        errors.errors.map { error in
            ModuleError(
                code: error.code.rawValue, message: error.message, file: name,
                row: Int(error.location?.row ?? 0), column: Int(error.location?.column ?? 0))
        }
    }
}
