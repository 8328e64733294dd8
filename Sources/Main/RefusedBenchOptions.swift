internal import ArgumentParser

/// Flags of `opa bench` that mean something Sluice does not do: said, not ignored. And those that
/// it need not be told.
struct RefusedBenchOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: .hidden)
    var partial = false

    @Option(name: .shortAndLong, parsing: .singleValue, help: .hidden)
    var unknowns: [String] = []

    @Flag(name: .customLong("e2e"), help: .hidden)
    var isEndToEnd = false

    @Option(name: .shortAndLong, help: .hidden)
    var configFile: String?

    @Option(name: .long, help: .hidden)
    var shutdownGracePeriod = 10

    @Option(name: .long, help: .hidden)
    var shutdownWaitPeriod = 0

    // All times are shown, and data is kept in one way only.

    @Flag(name: .long, help: .hidden)
    var metrics = false

    @Flag(name: .long, help: .hidden)
    var optimizeStoreForReadSpeed = false

    func validate() throws {
        if partial || !unknowns.isEmpty {
            throw ValidationError(
                "--partial: there is no partial evaluation; leave it out and give the whole input")
        }
        if isEndToEnd || configFile != nil {
            throw ValidationError(
                "--e2e: the query is measured without a server; leave it out, or start the gateway "
                    + "and measure it with a load tool")
        }
    }
}
