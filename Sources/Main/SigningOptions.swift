internal import ArgumentParser

/// How a bundle is signed, by `policy build` and `policy sign`.
struct SigningOptions: ParsableArguments {
    @Option(
        name: .long, help: "Sign with this RSA private key's file, or this secret of an HMAC.")
    var signingKey: String?

    @Option(name: .long, help: "A JSON file with more members for the signature.")
    var claimsFile: String?

    @Option(name: .long, help: .hidden)
    var signingPlugin: String?

    func validate() throws {
        if signingPlugin != nil {
            throw ValidationError(
                "--signing-plugin: there are no plugins; give a key with --signing-key")
        }
        if claimsFile != nil, signingKey == nil {
            throw ValidationError("--claims-file: nothing is signed without --signing-key")
        }
    }
}
