internal import ArgumentParser
internal import Files
internal import Policy

/// `sluice policy fmt [PATH…]`
struct PolicyFormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Lay out policies in the one format.",
        discussion: """
            Folders are searched for .rego files. Without a path, standard input is formatted to \
            standard output. Exit code 2: a source cannot be formatted, or would change and --fail \
            is set. Exit code 1: a path does not exist, or standard input cannot be formatted.
            """)

    /// What a source that is no Rego, or must not change, ends with, as with opa.
    private static let failed = ExitCode(2)
    private static let sourceBytesMax = 64 << 20

    @Argument(help: "Files and folders.")
    var paths: [String] = []

    @Flag(name: .shortAndLong, help: "Overwrite the files.")
    var write = false

    @Flag(name: .shortAndLong, help: "Print what would change, as diff -u does.")
    var diff = false

    @Flag(name: .shortAndLong, help: "List the files that would change.")
    var list = false

    @Flag(name: .long, help: "Fail when a file would change.")
    var fail = false

    @Flag(name: .customLong("v0-compatible"), help: "Rego v0 stays Rego v0.")
    var isV0Compatible = false

    @Flag(name: .customLong("v1-compatible"), help: "Rego v1 stays Rego v1 (the default).")
    var isV1Compatible = false

    @Flag(
        name: [.customLong("v0-v1"), .customLong("rego-v1")],
        help: "The result holds in both; the source is v0, or v1 with --v1-compatible.")
    var isForBoth = false

    @Flag(
        name: .customLong("drop-v0-imports"),
        help: "Leave out the imports of rego.v1 and future.keywords.")
    var dropsV0Imports = false

    @Flag(name: .long, inversion: .prefixedNo, help: .hidden)
    var checkResult = true

    func validate() throws {
        if !checkResult {
            throw ValidationError(
                "--check-result: what is written is always checked first; leave it out")
        }
        if language == nil {
            throw ValidationError("use one of --v0-compatible and --v1-compatible")
        }
    }

    func run() throws {
        if paths.isEmpty { return try formatInput() }
        for path in paths {
            let sources: [String]
            do {
                sources = try PolicyFormat.sources(at: path)
            } catch {
                Console.complain("error: \(error)")
                throw ExitCode.failure
            }
            for source in sources { try format(source) }
        }
    }

    private var settings: PolicyFormat {
        var settings = PolicyFormat()
        settings.mode = list ? .list : diff ? .diff : write ? .write : .print
        settings.refusesChanges = fail
        settings.dropsV0Imports = dropsV0Imports
        settings.language = language ?? settings.language
        return settings
    }

    private var language: PolicyFormat.Language? {
        PolicyFormat.Language(
            v0Compatible: isV0Compatible, v1Compatible: isV1Compatible, v0AndV1: isForBoth)
    }

    private func format(_ path: String) throws {
        do {
            let source = try File.read(path, bytesMax: Self.sourceBytesMax)
            let step = try settings.step(source, name: path)
            Console.write(step.output)
            if let replacement = step.replacement { try File.rewrite(path, with: replacement) }
            guard step.isRefused else { return }
            Console.complain("unexpected diff")
        } catch let error as BundleError {
            Console.complain("failed to format Rego source file: \(Self.sentence(error))")
        } catch let error as FileError {
            Console.complain("error: \(error)")
        }
        throw Self.failed
    }

    /// Nothing but the layout is asked of standard input, as with opa.
    private func formatInput() throws {
        let source = Console.readInput(bytesMax: Self.sourceBytesMax + 1)
        guard source.count <= Self.sourceBytesMax else {
            Console.complain("error: stdin: larger than the limit of \(Self.sourceBytesMax) bytes")
            throw ExitCode.failure
        }
        do {
            Console.write(try settings.formatted(source, name: "stdin"))
        } catch {
            Console.complain(Self.sentence(error))
            throw ExitCode.failure
        }
    }

    private static func sentence(_ error: BundleError) -> String {
        guard case .modules(let errors) = error else { return "\(error)" }
        return QueryOutput.sentence(errors)
    }
}
