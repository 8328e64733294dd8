internal import ArgumentParser

/// Flags of `opa eval` that mean something Sluice does not do: said, not ignored.
struct RefusedEvalOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: .hidden)
    var partial = false

    @Option(name: .shortAndLong, parsing: .singleValue, help: .hidden)
    var unknowns: [String] = []

    @Option(name: .shortAndLong, help: .hidden)
    var target = "rego"

    @Option(name: .shortAndLong, help: .hidden)
    var schema: String?

    @Option(name: .long, help: .hidden)
    var capabilities: String?

    @Option(name: [.customShort("O"), .long], help: .hidden)
    var optimize = 0

    @Option(name: .shortAndLong, parsing: .singleValue, help: .hidden)
    var entrypoint: [String] = []

    @Option(name: .long, help: .hidden)
    var count = 1

    @Flag(name: .long, help: .hidden)
    var showBuiltinErrors = false

    @Flag(name: .long, help: .hidden)
    var shallowInlining = false

    @Option(name: .long, parsing: .singleValue, help: .hidden)
    var disableInlining: [String] = []

    @Flag(name: .customLong("nondeterminstic-builtins"), help: .hidden)
    var evaluatesNondeterministicBuiltins = false

    @Flag(name: .long, help: .hidden)
    var disableEarlyExit = false

    func validate() throws {
        let partialOnly = [
            ("--partial", partial), ("--unknowns", !unknowns.isEmpty),
            ("--shallow-inlining", shallowInlining), ("--disable-inlining", !disableInlining.isEmpty),
            ("--nondeterminstic-builtins", evaluatesNondeterministicBuiltins),
        ]
        for (name, isGiven) in partialOnly where isGiven {
            throw ValidationError("\(name): there is no partial evaluation")
        }
        if target != "rego" {
            throw ValidationError("--target: '\(target)' is not supported; policies run as rego")
        }
        if schema != nil {
            throw ValidationError("--schema: inputs and data are not checked against schemas")
        }
        if capabilities != nil {
            throw ValidationError("--capabilities: those of this version are always used")
        }
        if optimize != 0 || !entrypoint.isEmpty {
            throw ValidationError("--optimize and --entrypoint: policies are optimised as they are")
        }
        if count != 1 {
            throw ValidationError("--count: use policy bench to evaluate many times")
        }
        if showBuiltinErrors {
            throw ValidationError("--show-builtin-errors: use --strict-builtin-errors")
        }
        if disableEarlyExit {
            throw ValidationError("--disable-early-exit: evaluation always ends as soon as it can")
        }
    }
}
