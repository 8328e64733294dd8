@testable import Credentials
import Glibc
import Testing

struct CredentialStoreTests {
    private static func file(_ folder: TemporaryFolder, _ text: String) throws -> SecretSource {
        .file(path: try folder.write("secret", text), member: nil)
    }

    @Test(arguments: [
        (CredentialScheme.bearer(.literal("tok-1")), "authorization: Bearer tok-1\r\n"),
        (.header(name: "X-Api-Key", prefix: "", .literal("tok-1")), "X-Api-Key: tok-1\r\n"),
        (.header(name: "authorization", prefix: "Token ", .literal("tok-1")),
            "authorization: Token tok-1\r\n"),
        (.basic(username: .literal("Aladdin"), password: .literal("open sesame")),
            "authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"),
        (.basic(username: .literal("sk_live"), password: nil),
            "authorization: Basic c2tfbGl2ZTo=\r\n"),
    ])
    func `a scheme writes its field`(scheme: CredentialScheme, expected: String) throws {
        let bench = try StoreBench(CredentialDefinition(name: "x", scheme: scheme))
        #expect(bench.lines == expected)
    }

    @Test(arguments: [
        ("", "api_key=a%2Bb%20c"), ("q=1", "q=1&api_key=a%2Bb%20c"),
        ("api_key=mine&q=1&api%5Fkey=x&API_KEY=2", "q=1&API_KEY=2&api_key=a%2Bb%20c"),
        ("&&q&", "q&api_key=a%2Bb%20c"),
    ])
    func `a query gets the parameter and loses the client's`(query: String, expected: String) throws {
        let bench = try StoreBench(
            CredentialDefinition(
                name: "x", scheme: .query(parameter: "api_key", .literal("a+b c"))))
        #expect(bench.query(query) == expected)
        #expect(bench.lines == "")
    }

    @Test func `names to drop and constant fields are told`() throws {
        let bench = try StoreBench(
            CredentialDefinition(
                name: "anthropic", scheme: .header(name: "X-Api-Key", prefix: "", .literal("tok-1")),
                extraFields: [.init(name: "Anthropic-Version", value: "2023-06-01")]))
        guard case .ready(let credential) = bench.state else {
            Issue.record("not ready")
            return
        }
        var found: [String] = []
        credential.eachFieldName { found.append(String(decoding: $0, as: UTF8.self)) }
        credential.eachExtraField { name, value in
            found.append(String(decoding: name, as: UTF8.self))
            found.append(String(decoding: value, as: UTF8.self))
        }
        #expect(found == ["x-api-key", "anthropic-version", "2023-06-01"])
        #expect(bench.store.current.index(of: "anthropic") == 0)
        #expect(bench.store.current.index(of: "openai") == nil)
    }

    @Test(arguments: [
        (CredentialScheme.bearer(.environment(name: "SLUICE_TEST_UNSET")), CredentialFault.missing),
        (.bearer(.file(path: "/nowhere/key", member: nil)), .missing),
        (.bearer(.literal("${OPENAI_API_KEY}")), .placeholder),
        (.bearer(.literal("a\r\nx-admin: 1")), .malformed),
        (.bearer(.literal("abc")), .tooShort),
        (.basic(username: .literal("a:b"), password: .literal("secret")), .malformed),
        (.header(name: "x y", prefix: "", .literal("tok-1")), .misconfigured),
        (.header(name: "x", prefix: "\r\n", .literal("tok-1")), .misconfigured),
        (.query(parameter: "", .literal("tok-1")), .misconfigured),
        (.oauth2ClientCredentials(
            OAuth2Definition(
                tokenURL: "https://id:planted-secret@localhost/token", clientID: .literal("id"),
                clientSecret: .literal("secret"))), .misconfigured),
        (.gitHubApp(
            GitHubAppDefinition(
                appID: "1", installationID: "2", privateKey: .literal("key"),
                apiURL: "https://id:planted-secret@localhost")), .misconfigured),
        (.oauth2ClientCredentials(
            OAuth2Definition(
                tokenURL: "http://localhost/token", clientID: .literal("id"),
                clientSecret: .literal("secret"))), .misconfigured),
    ])
    func `what cannot be sent is unavailable`(
        scheme: CredentialScheme, fault: CredentialFault
    ) throws {
        let bench = try StoreBench(CredentialDefinition(name: "openai", scheme: scheme))
        #expect(bench.lines == fault.rawValue)
        let text = "\(bench.store.statuses[0])"
        #expect(text.hasPrefix("credential openai is unavailable: \(fault.rawValue) ("))
        for part in ["OPENAI_API_KEY}", "x-admin", "secret", "abc"] { #expect(!text.contains(part)) }
    }

    @Test func `a variable that holds nothing is unavailable by name`() throws {
        setenv("SLUICE_TEST_EMPTY", "", 1)
        let bench = try StoreBench(
            CredentialDefinition(
                name: "openai", scheme: .bearer(.environment(name: "SLUICE_TEST_EMPTY"))))
        #expect(bench.lines == "empty")
        #expect(bench.detail == "environment variable SLUICE_TEST_EMPTY")
    }

    @Test func `a file that changes is read again`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(
            CredentialDefinition(name: "x", scheme: .bearer(try Self.file(folder, "first\n"))))
        #expect(bench.lines == "authorization: Bearer first\r\n")
        let generation = bench.store.current.generation
        bench.clock.advance(seconds: 2)
        bench.round()
        #expect(bench.store.current.generation == generation)
        for (text, expected) in [
            ("second", "authorization: Bearer second\r\n"), ("", "empty"),
            ("third", "authorization: Bearer third\r\n"),
        ] {
            _ = try Self.file(folder, text)
            bench.clock.advance(seconds: 2)
            #expect(bench.round() <= 1)
            #expect(bench.lines == expected)
        }
        unlink(folder.path + "/secret")
        bench.clock.advance(seconds: 2)
        bench.round()
        #expect(bench.lines == "missing")
    }

    @Test func `the value before the last one is still kept out of answers`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(
            CredentialDefinition(name: "x", scheme: .bearer(try Self.file(folder, "first-1"))))
        _ = try Self.file(folder, "second-2")
        bench.clock.advance(seconds: 2)
        bench.round()
        guard case .ready(let credential) = bench.state else {
            Issue.record("not ready")
            return
        }
        var text = Array("first-1 second-2 third-3".utf8)
        let count = text.withUnsafeMutableBytes {
            Scrubber.scrub(whole: $0, credential.needles)
        }
        #expect(count == 2)
        #expect(String(decoding: text, as: UTF8.self) == "******* ******** third-3")
    }

    @Test func `a reader sees the snapshot that is in force`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(
            CredentialDefinition(name: "x", scheme: .bearer(try Self.file(folder, "first"))))
        var reader = CredentialStore.Reader(bench.store)
        let first = reader.current()
        #expect(reader.current() === first)
        _ = try Self.file(folder, "second")
        bench.clock.advance(seconds: 2)
        bench.round()
        #expect(reader.current() !== first)
        #expect(reader.current().generation > first.generation)
    }

    @Test func `a program is run again before its secret ends, which serves while that fails`()
        throws
    {
        let folder = try TemporaryFolder()
        let script = "cat \(folder.path)/out"
        try folder.write("out", #"{"token": "tok-1", "expires_in": 100}"#)
        var bench = try StoreBench(
            CredentialDefinition(
                name: "x", scheme: .bearer(.command(arguments: ["sh", "-c", script]))))
        #expect(bench.lines == "pending")
        bench.clock.advance(seconds: 2)
        #expect(bench.round() == 80)
        #expect(bench.lines == "authorization: Bearer tok-1\r\n")
        unlink(folder.path + "/out")
        bench.clock.advance(seconds: 81)
        #expect(bench.round() < 9)
        #expect(bench.lines == "authorization: Bearer tok-1\r\n")
        bench.clock.advance(seconds: 10)
        #expect(bench.lines == "expired")
        bench.round()
        #expect(bench.lines == "command_failed")
        try folder.write("out", "tok-2")
        bench.clock.advance(seconds: 60)
        bench.round()
        #expect(bench.lines == "authorization: Bearer tok-2\r\n")
    }

    @Test func `signing keys are made anew each day`() throws {
        let aws = AWSSignatureDefinition(
            accessKeyID: .literal("AKID"), secretAccessKey: .literal("secret-key"), region: "r",
            service: "s3")
        var bench = try StoreBench(
            CredentialDefinition(name: "s3", scheme: .awsSignatureV4(aws)))
        bench.clock.advance(seconds: 2)
        bench.round()
        let first = bench.store.current.generation
        bench.clock.advance(seconds: 60)
        bench.round()
        #expect(bench.store.current.generation == first)
        guard case .ready(let credential) = bench.state else {
            Issue.record("not ready")
            return
        }
        var names: [String] = []
        credential.eachFieldName { names.append(String(decoding: $0, as: UTF8.self)) }
        #expect(names.contains("authorization") && names.contains("x-amz-content-sha256"))
    }

    @Test func `the control thread notices a file's change by itself`() throws {
        let folder = try TemporaryFolder()
        let store = try CredentialStore([
            CredentialDefinition(name: "x", scheme: .bearer(try Self.file(folder, "first")))
        ])
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let told = ends[1]
        try store.start { status in
            if status.fault == .empty { _ = write(told, "x", 1) }
        }
        _ = try Self.file(folder, "")
        store.reload()
        var entry = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        #expect(poll(&entry, 1, 30_000) == 1)
        store.stop()
        close(ends[0])
        close(ends[1])
        guard case .unavailable(.empty) = store.current.credential(0, now: 0) else {
            Issue.record("still there")
            return
        }
    }
}
