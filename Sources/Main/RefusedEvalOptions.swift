internal import ArgumentParser

/// Flags of `opa eval` that mean something Sluice does not do: said, not ignored; and those that it
/// need not be told.
struct RefusedEvalOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: .hidden)
    var partial = false

    @Option(name: .shortAndLong, parsing: .singleValue, help: .hidden)
    var unknowns: [String] = []

    @Option(name: .long, help: .hidden)
    var count = 1

    @Flag(name: .long, help: .hidden)
    var shallowInlining = false

    @Option(name: .long, parsing: .singleValue, help: .hidden)
    var disableInlining: [String] = []

    @Flag(name: .customLong("nondeterminstic-builtins"), help: .hidden)
    var evaluatesNondeterministicBuiltins = false

    @Flag(name: .long, help: .hidden)
    var disableEarlyExit = false

    // The result is the same at every level, and however data is kept.

    @Option(name: [.customShort("O"), .long], help: .hidden)
    var optimize = 0

    @Option(name: .shortAndLong, parsing: .singleValue, help: .hidden)
    var entrypoint: [String] = []

    @Flag(name: .long, help: .hidden)
    var optimizeStoreForReadSpeed = false

    @Option(name: .long, help: .hidden)
    var prettyLimit = 80

    func validate() throws {
        let partialOnly = [
            ("--partial", partial), ("--unknowns", !unknowns.isEmpty),
            ("--shallow-inlining", shallowInlining),
            ("--disable-inlining", !disableInlining.isEmpty),
            ("--nondeterminstic-builtins", evaluatesNondeterministicBuiltins),
        ]
        for (name, isGiven) in partialOnly where isGiven {
            throw ValidationError(
                "\(name): there is no partial evaluation; leave it out and give the whole input")
        }
        if count != 1 {
            throw ValidationError("--count: use policy bench to evaluate many times")
        }
        if disableEarlyExit {
            throw ValidationError(
                "--disable-early-exit: evaluation always ends as soon as it can; leave it out, "
                    + "the result is the same")
        }
    }
}
