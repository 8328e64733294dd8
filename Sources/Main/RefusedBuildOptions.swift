internal import ArgumentParser

/// Flags of `opa build` that mean something Sluice does not do: said, not ignored. And those that
/// it need not be told.
struct RefusedBuildOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: .hidden)
    var target = "rego"

    @Option(name: [.customShort("O"), .long], help: .hidden)
    var optimize = 0

    @Flag(name: .long, help: .hidden)
    var pruneUnused = false

    @Option(name: .long, help: .hidden)
    var partialNamespace: String?

    @Flag(name: .long, help: .hidden)
    var followSymlinks = false

    @Option(name: .long, help: .hidden)
    var format = "json"

    // Matters to other targets and to optimisation only.

    @Option(name: .shortAndLong, parsing: .singleValue, help: .hidden)
    var entrypoint: [String] = []

    @Flag(name: .long, help: .hidden)
    var debug = false

    func validate() throws {
        if target != "rego" {
            throw ValidationError(
                "--target: '\(target)' is not supported; leave it out: a bundle holds Rego, which "
                    + "is compiled when it is loaded")
        }
        if optimize != 0 || partialNamespace != nil {
            throw ValidationError(
                "--optimize: a bundle holds its policies as they are; leave it out, "
                    + "they are optimised when they are loaded")
        }
        if pruneUnused {
            throw ValidationError(
                "--prune-unused: leave it out; rules that no decision needs cost nothing")
        }
        if followSymlinks {
            throw ValidationError(
                "--follow-symlinks: symbolic links are not followed; copy the files in their place")
        }
        if format != "json" {
            throw ValidationError("--format: '\(format)' is not supported; bundles hold JSON")
        }
    }
}
