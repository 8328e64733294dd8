/// A certificate authority of the test's own, and a server certificate for `localhost` by it.
struct TestAuthority {
    let folder: TemporaryFolder
    var caPath: String { "\(folder.path)/ca.pem" }
    var certificatePath: String { "\(folder.path)/server.pem" }
    var keyPath: String { "\(folder.path)/server.key" }

    init(host: String = "localhost") throws {
        folder = try TemporaryFolder()
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try run(
            ["openssl", "req", "-x509", "-days", "2", "-subj", "/CN=Sluice Test CA"] + key
                + ["-keyout", "\(folder.path)/ca.key", "-out", caPath])
        try run(
            [
                "openssl", "req", "-x509", "-days", "2", "-subj", "/CN=\(host)",
                "-addext", "subjectAltName=DNS:\(host)", "-addext", "basicConstraints=CA:FALSE",
                "-CA", caPath, "-CAkey", "\(folder.path)/ca.key",
            ] + key + ["-keyout", keyPath, "-out", certificatePath])
    }
}
