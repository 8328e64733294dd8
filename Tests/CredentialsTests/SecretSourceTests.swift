@testable import Credentials
import Glibc
import Testing

struct SecretSourceTests {
    private static let now = CredentialTime(
        monotonicNanoseconds: 1_000_000_000, wallSeconds: 1_700_000_000)

    @Test(arguments: [
        ("env:OPENAI_API_KEY", SecretSource.environment(name: "OPENAI_API_KEY")),
        ("file:/run/key", .file(path: "/run/key", member: nil)),
        ("file:secrets.json#openai.token", .file(path: "secrets.json", member: "openai.token")),
        ("exec:/bin/helper get 'a b' \"c d\" e\\ f",
            .command(arguments: ["/bin/helper", "get", "a b", "c d", "e f"])),
    ])
    func `a source is read from its text`(text: String, expected: SecretSource) throws {
        #expect(try SecretSource(text) == expected)
    }

    @Test(arguments: [
        "", "sk-1234567890", "env:", "env:A=B", "env:A B", "file:", "file:#x", "file:a#",
        "file:a#b..c", "exec:", "exec: ", "exec:a 'b", "exec:a \"b", "exec:a \\", "ENV:A",
    ])
    func `a text that names no source is refused and not repeated`(text: String) {
        let error = #expect(throws: SecretSource.Malformed.self) { try SecretSource(text) }
        #expect(error?.reason.contains("sk-") == false)
    }

    @Test func `an id may stand for itself, a secret may not`() throws {
        #expect(try SecretSource(identifier: "AKIDEXAMPLE") == .literal("AKIDEXAMPLE"))
        #expect(try SecretSource(identifier: "env:ID") == .environment(name: "ID"))
        #expect(throws: SecretSource.Malformed.self) { try SecretSource(identifier: "env:") }
        #expect(throws: SecretSource.Malformed.self) { try SecretSource("AKIDEXAMPLE") }
    }

    @Test func `a command's arguments are not described`() throws {
        #expect("\(try SecretSource("exec:/bin/helper --password hunter2"))" == "program /bin/helper")
    }

    @Test(arguments: [
        ("", CredentialFault.empty), ("\n", .empty), ("\r\n\r\n", .empty), ("a\nb", .malformed),
        ("a\rb", .malformed), ("a\0b", .malformed), ("a\tb", .malformed), ("a\u{7F}b", .malformed),
        ("${OPENAI_API_KEY}", .placeholder), ("x${A}y", .placeholder),
    ])
    func `what cannot be meant is no secret`(text: String, fault: CredentialFault) {
        #expect(throws: fault) {
            try withText(text) { _ = try SecretText.checked($0, .line) }
        }
    }

    @Test(arguments: [
        ("key", "key"), ("key\n", "key"), ("key\r\n", "key"), ("key\n\n", "key"), (" k ", " k "),
        ("a$b{c}", "a$b{c}"), ("a${b", "a${b"),
    ])
    func `line ends at the end are dropped and nothing else`(text: String, expected: String) throws {
        let found = try withText(text) { bytes in
            String(decoding: try SecretText.checked(bytes, .line), as: UTF8.self)
        }
        #expect(found == expected)
    }

    @Test func `a variable is taken out of the environment, and its bytes are zeroed`() throws {
        setenv("SLUICE_TEST_TAKEN", "sk-taken", 1)
        let place = try #require(getenv("SLUICE_TEST_TAKEN"))
        let environment = SecretEnvironment(
            taking: ["SLUICE_TEST_TAKEN", "SLUICE_TEST_NOT_THERE"])
        #expect(try environment.secret("SLUICE_TEST_TAKEN").text == "sk-taken")
        #expect(getenv("SLUICE_TEST_TAKEN") == nil)
        #expect((0..<8).allSatisfy { place[$0] == 0 })
        #expect(throws: CredentialFault.missing) { try environment.secret("SLUICE_TEST_NOT_THERE") }
    }

    @Test func `a file is read as a whole or by a member`() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write("key", "sk-plain\n")
        let old = try folder.write(
            "egress_secrets.json",
            """
            {"egress_credentials": {"openai": {"type": "bearer", "token": "sk-\\u0041\\"\\/"},
             "slack": {"type": "bearer", "token": ""}}, "top": {"list": [{"token": "no"}]}, "n": 1}
            """)
        #expect(try SecretFile(path: plain, member: nil).read(.line).secret.text == "sk-plain")
        for member in ["egress_credentials.openai.token", "openai.token"] {
            #expect(try SecretFile(path: old, member: member).read(.line).secret.text == "sk-A\"/")
        }
        let cases: [(member: String, fault: CredentialFault)] = [
            ("slack.token", .empty), ("github.token", .missing), ("top.list.token", .missing),
            ("n", .missing), ("openai", .missing),
        ]
        for (member, fault) in cases {
            let error = #expect(throws: SecretFailure.self) {
                _ = try SecretFile(path: old, member: member).read(.line)
            }
            #expect(error?.fault == fault, "\(member)")
        }
    }

    @Test(arguments: [
        ("{\"a\":", CredentialFault.malformed), ("[]", .missing), ("", .malformed),
        (String(repeating: "[", count: 100), .malformed),
    ])
    func `a document that is none gives nothing`(text: String, fault: CredentialFault) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("secrets.json", text)
        let error = #expect(throws: SecretFailure.self) {
            _ = try SecretFile(path: path, member: "a").read(.line)
        }
        #expect(error?.fault == fault)
    }

    @Test func `a file that is not there or no file is unavailable`() throws {
        let folder = try TemporaryFolder()
        let large = try folder.write("large", String(repeating: "a", count: SecretFile.bytesMax + 1))
        for (path, fault) in [
            (folder.path + "/none", CredentialFault.missing), (folder.path, .unreadable),
            ("/dev/null", .unreadable), (large, .tooLong),
        ] {
            let error = #expect(throws: SecretFailure.self) {
                _ = try SecretFile(path: path, member: nil).read(.line)
            }
            #expect(error?.fault == fault, "\(path)")
        }
    }

    @Test(arguments: [
        ("printf 'tok-1\\n'", "tok-1", nil),
        (#"echo '{"token": "tok-2", "expires_at": "2023-11-14T22:14:20Z"}'"#, "tok-2", 60),
        (#"echo '{"token": "tok-3", "expires_at": 1700000090}'"#, "tok-3", 90),
        (#"echo '{"token": "tok-4", "expires_in": 30}'"#, "tok-4", 30),
        (#"echo '{"token": "tok-5"}'"#, "tok-5", nil),
        ("echo noise >&2; echo tok-6", "tok-6", nil),
    ] as [(String, String, Int64?)])
    func `a program's output is a secret`(script: String, token: String, lifetime: Int64?) throws {
        let command = SecretCommand(
            arguments: ["sh", "-c", script], timeoutMilliseconds: 30_000, now: Self.now)
        let reading = try command.run(.line)
        #expect(reading.secret.text == token)
        #expect(reading.lifetimeSeconds == lifetime)
    }

    @Test(arguments: [
        ("exit 3", CredentialFault.commandFailed), ("echo tok; exit 1", .commandFailed),
        ("true", .empty), ("head -c 70000 /dev/zero | tr '\\0' a", .tooLong),
        ("echo '{\"token\": 1}'", .missing), ("echo '{\"tok'", .malformed),
        ("echo '{\"token\": \"\"}'", .empty),
        ("echo '{\"token\": \"a\", \"expires_at\": \"soon\"}'", .malformed),
    ])
    func `a program that fails gives nothing`(script: String, fault: CredentialFault) {
        let command = SecretCommand(
            arguments: ["sh", "-c", script], timeoutMilliseconds: 30_000, now: Self.now)
        let error = #expect(throws: SecretFailure.self) { _ = try command.run(.line) }
        #expect(error?.fault == fault)
    }

    @Test func `a program that does not end is ended, and so is what it started`() throws {
        let folder = try TemporaryFolder()
        let script = "sleep 600 & echo $! > \(folder.path)/pid; echo tok; wait"
        let command = SecretCommand(
            arguments: ["sh", "-c", script], timeoutMilliseconds: 300, now: Self.now)
        let error = #expect(throws: SecretFailure.self) { _ = try command.run(.line) }
        #expect(error?.fault == .commandTimeout)
        let pid = try #require(pid_t(
            try SecretFile(path: "\(folder.path)/pid", member: nil).read(.line).secret.text))
        // It is killed with its group; until it is reaped it may still be a zombie.
        let state = try? run(["ps", "-o", "stat=", "-p", "\(pid)"])
        #expect(state == nil || state?.contains("Z") == true || state?.isEmpty == true)
    }

    @Test func `a program that is not there gives nothing`() {
        let command = SecretCommand(
            arguments: ["/nowhere/helper"], timeoutMilliseconds: 1000, now: Self.now)
        let error = #expect(throws: SecretFailure.self) { _ = try command.run(.line) }
        #expect(error?.fault == .commandFailed)
        #expect(error?.detail == "program /nowhere/helper")
    }
}
