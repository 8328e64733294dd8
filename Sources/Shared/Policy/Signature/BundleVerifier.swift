/// Checks a bundle's signature, and every file against it, in OPA's order.
struct BundleVerifier {
    private let verification: BundleVerification

    init(_ verification: BundleVerification) {
        self.verification = verification
    }

    static let signaturesPath = ".signatures.json"

    func verify(_ files: [BundleFile]) throws(BundleError) {
        guard let signatures = files.first(where: { $0.path == Self.signaturesPath }) else {
            throw .signature("bundle missing .signatures.json file")
        }
        let token = try SignedToken(signatures)
        let id = verification.keyID ?? token.keyID ?? ""
        guard let key = verification.keys[id] else {
            throw .signature("verification key corresponding to ID \(id) not found")
        }
        try token.check(key)
        guard token.scope == verification.scope ?? key.scope else {
            throw .signature("scope mismatch")
        }
        try check(files, token)
    }

    private func check(_ files: [BundleFile], _ token: SignedToken) throws(BundleError) {
        var expected = token.files
        for file in files where file.path != Self.signaturesPath {
            let digest = expected.removeValue(forKey: file.path)
            if verification.excluded.contains(where: { $0.matches(file.path) }) { continue }
            guard let digest else {
                throw .signature("file \(file.path) not included in bundle signature")
            }
            let found = try hash(file, digest.algorithm)
            guard found == digest.value else {
                throw .signature(
                    "\(file.path): digest mismatch (want: \(digest.value), got: \(found))")
            }
        }
        guard expected.isEmpty else {
            let names = expected.keys.sorted().joined(separator: " ")
            throw .signature(
                "file(s) [\(names)] specified in bundle signatures but not found in the target "
                    + "bundle")
        }
    }

    private func hash(_ file: BundleFile, _ algorithm: String) throws(BundleError) -> String {
        guard let digest = FileDigest(algorithm) else {
            throw .signature("\(file.path): unsupported hashing algorithm: \(algorithm)")
        }
        return try digest.hexadecimal(of: file)
    }
}
