import Bytes
import Rego
import Testing

@testable import Policy

private func file(_ path: String, _ text: String) -> BundleFile {
    BundleFile(path: path, name: path, bytes: Array(text.utf8))
}

/// `.signatures.json` for files with their hashes, signed with HS256 and "secret".
private func signatures(
    _ files: String, header: String = #"{"alg":"HS256"}"#, more: String = ""
) throws -> BundleFile {
    let payload = #"{"files":[\#(files)]\#(more)}"#
    let query = try PolicyQuery(
        "io.jwt.encode_sign_raw(input.header, input.payload, input.key)",
        in: Bundle(
            manifest: BundleManifest(), modules: BundleModules(), data: .empty, warnings: []))
    var writer = JSONWriter()
    writer.beginObject()
    for (name, text) in [
        ("header", header), ("payload", payload), ("key", #"{"kty":"oct","k":"c2VjcmV0"}"#),
    ] {
        Array(name.utf8).withUnsafeBytes { writer.key($0) }
        writer.string(text)
    }
    writer.endObject()
    let rows = try query.run(input: writer.bytes, nowNanoseconds: 0)
    let token = withExtendedLifetime(query) { rows.first?.values.first?.text }
    return file(".signatures.json", #"{"signatures":["\#(try #require(token))"]}"#)
}

private let policy = file("p.rego", "package p\n")

private func verify(
    _ files: [BundleFile], keyID: String? = nil, scope: String? = nil,
    excluded: [String] = []
) -> String? {
    let key = BundleVerification.Key(algorithm: .hs256, material: "secret")
    let verification = BundleVerification(
        keys: ["k": key], keyID: keyID, scope: scope,
        excluded: excluded.compactMap { PathGlob($0) })
    do throws(BundleError) {
        try BundleVerifier(verification).verify(files)
        return nil
    } catch {
        return error.description
    }
}

private func entry(_ name: String, _ text: String, _ algorithm: String = "SHA-256") -> String {
    let hash = FileDigest(algorithm)?.hexadecimal(of: Array(text.utf8)) ?? ""
    return #"{"name":"\#(name)","hash":"\#(hash)","algorithm":"\#(algorithm)"}"#
}

@Suite struct BundleVerifierTests {
    private let entries =
        entry("p.rego", "package p\n") + "," + entry("data.json", #"{"a":1,"b":[1.50]}"#)
    private let data = file("data.json", "{ \"b\": [1.50],\n \"a\": 1 }")

    @Test func `data is hashed by what it says and policies by their bytes`() throws {
        let signed = try signatures(entries, more: #","keyid":"k""#)
        #expect(verify([policy, data, signed]) == nil)
        #expect(
            verify([policy, file("data.json", #"{"a":1,"b":[1.5]}"#), signed])?
                .hasPrefix("data.json: digest mismatch (want: ") == true)
        #expect(
            verify([file("p.rego", "package p"), data, signed])?
                .hasPrefix("p.rego: digest mismatch (want: ") == true)
    }

    @Test func `files and signature must name each other`() throws {
        let signed = try signatures(entries, more: #","keyid":"k""#)
        #expect(
            verify([policy, data, signed, file("x.txt", "x")])
                == "file x.txt not included in bundle signature")
        #expect(verify([policy, data, signed, file("x.txt", "x")], excluded: ["*.txt"]) == nil)
        #expect(
            verify([policy, signed])
                == "file(s) [data.json] specified in bundle signatures but not found in the target bundle"
        )
    }

    @Test func `the key is the configured one, else the one that the token names`() throws {
        let header = #"{"alg":"HS256","kid":"other"}"#
        let named = try signatures(entries, header: header, more: #","keyid":"k""#)
        #expect(verify([policy, data, named], keyID: "k") == nil)
        #expect(
            verify([policy, data, named])
                == "verification key corresponding to ID other not found")
        #expect(
            verify([policy, data, try signatures(entries)])
                == "verification key corresponding to ID  not found")
    }

    @Test func `the scope must be the one that is asked for`() throws {
        let signed = try signatures(entries, more: #","keyid":"k","scope":"write""#)
        #expect(verify([policy, data, signed], scope: "write") == nil)
        #expect(verify([policy, data, signed], scope: "read") == "scope mismatch")
        #expect(verify([policy, data, signed]) == "scope mismatch")
    }

    @Test func `an algorithm other than the key's is refused`() throws {
        let signed = try signatures(
            entries, header: #"{"alg":"HS384"}"#, more: #","keyid":"k""#)
        #expect(
            verify([policy, data, signed])
                == "failed to verify JWT signature: invalid HMAC signature")
    }

    @Test(arguments: [SignatureAlgorithm.hs256, .hs512])
    func `what is signed when it is built is verified when it is read`(
        algorithm: SignatureAlgorithm
    ) throws {
        var builder = BundleBuilder()
        builder.signer = BundleSigner(
            algorithm: algorithm, material: "secret", keyID: "k", scope: "write")
        let built = try builder.build([policy, data, file("a/b.rego", "package a.b\nx := 1")])
        let files = try BundleFile.unpack(built.archive)
        #expect(files.last?.path == ".signatures.json" && files.count == built.files)
        func refusal(_ algorithm: SignatureAlgorithm, _ secret: String) -> String? {
            let key = BundleVerification.Key(
                algorithm: algorithm, material: secret, scope: "write")
            do throws(BundleError) {
                try BundleVerifier(BundleVerification(keys: ["k": key])).verify(files)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(refusal(algorithm, "secret") == nil)
        #expect(refusal(algorithm, "other") != nil)
        #expect(refusal(.hs384, "secret") != nil)
    }

    @Test func `a key that does not fit the algorithm signs nothing`() {
        for algorithm in [SignatureAlgorithm.rs256, .es256] {
            let signer = BundleSigner(algorithm: algorithm, material: "secret", keyID: "k")
            #expect(throws: BundleError.self) { try signer.sign([policy]) }
        }
    }

    @Test(arguments: [
        ("{}", ".signatures.json: must be an object with a list of signatures"),
        (#"{"signatures":[]}"#, ".signatures.json: missing JWT (expected exactly one)"),
        (
            #"{"signatures":["a","b"]}"#,
            ".signatures.json: multiple JWTs not supported (expected exactly one)"
        ),
        (#"{"signatures":["a.b.c"]}"#, "failed to verify JWT signature: malformed token"),
        (#"{"signatures":[5]}"#, ".signatures.json: missing JWT (expected exactly one)"),
    ])
    func `a malformed signature is refused`(text: String, expected: String) {
        #expect(verify([policy, data, file(".signatures.json", text)]) == expected)
    }

    @Test func `without a signature a verified bundle is refused, and without a key a signed one`()
    {
        #expect(verify([policy, data]) == "bundle missing .signatures.json file")
        let signed = [policy, data, file(".signatures.json", "{}")]
        #expect(throws: BundleError.self) { try Bundle.read(signed) }
        var options = Bundle.Options()
        options.skipsVerification = true
        #expect(throws: Never.self) { try Bundle.read(signed, options) }
    }

    @Test(arguments: [
        ("MD5", "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("SHA-224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        ("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("SHA-512-224", "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa"),
        ("SHA-512-256", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"),
    ])
    func `files are hashed as their entries say`(algorithm: String, hash: String) throws {
        #expect(try #require(FileDigest(algorithm)).hexadecimal(of: Array("abc".utf8)) == hash)
        #expect(FileDigest("SHA-3") == nil)
    }
}
