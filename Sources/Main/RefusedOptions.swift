internal import ArgumentParser

/// Flags of several of `opa`'s verbs that mean something Sluice does not do: said, not ignored.
struct RefusedOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: .hidden)
    var target = "rego"

    @Option(name: .shortAndLong, help: .hidden)
    var schema: String?

    func validate() throws {
        if target != "rego" {
            throw ValidationError(
                "--target: '\(target)' is not supported; leave it out: policies run as Rego, "
                    + "compiled when they are loaded")
        }
        if schema != nil {
            throw ValidationError(
                "--schema: types are not checked against schemas; "
                    + "call json.match_schema in a policy, or leave it out")
        }
    }
}
