@testable import Credentials
import Glibc
import Testing

/// `scripts/generate-egress-secrets.sh` as operators run it.
struct SecretsScriptTests {
    private static let script = #filePath.split(separator: "/").dropLast(3)
        .reduce("") { $0 + "/" + $1 } + "/scripts/generate-egress-secrets.sh"

    private static let tokens = [
        ("OPENAI_API_KEY", #"sk-"quoted\ ü"#), ("ANTHROPIC_API_KEY", "sk-ant"),
        ("GITHUB_TOKEN", "ghp_1"), ("SLACK_BOT_TOKEN", "xoxb-1"),
    ]

    /// What the script says on both streams; its status is in the last line.
    private static func generate(_ folder: TemporaryFolder, _ variables: [(String, String)]) throws
        -> String
    {
        let settings = variables.map { "\($0.0)=\($0.1)" }
        let command = #"path=$1; shift; "$@" --output "$path" 2>&1; echo "status $?""#
        return try run(
            ["env", "-i", "PATH=/usr/bin:/bin:/usr/local/bin"] + settings + [
                "bash", "-c", command, "x", "\(folder.path)/secrets.json", script,
            ])
    }

    @Test func `the file holds every token, escaped, for its owner alone`() throws {
        let folder = try TemporaryFolder()
        let output = try Self.generate(folder, Self.tokens)
        #expect(output.hasSuffix("status 0\n"), "\(output)")
        #expect(!output.contains("sk-"))
        let path = "\(folder.path)/secrets.json"
        let names = ["openai", "anthropic", "github", "slack"]
        for (name, token) in zip(names, Self.tokens.map(\.1)) {
            let file = SecretFile(path: path, member: "\(name).token")
            #expect(try file.read(.line).secret.text == token)
        }
        var status = stat()
        stat(path, &status)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test(arguments: [0, 1, 2, 3], ["", "  ", "${A}", nil])
    func `a variable that is unset or empty is named, and nothing is written`(
        index: Int, value: String?
    ) throws {
        let folder = try TemporaryFolder()
        var variables = Self.tokens
        let name = variables[index].0
        if let value { variables[index].1 = value } else { variables.remove(at: index) }
        let output = try Self.generate(folder, variables)
        #expect(output.hasSuffix("status 1\n"))
        #expect(output.contains(name))
        #expect(!output.contains("ghp_1"))
        #expect(access("\(folder.path)/secrets.json", F_OK) != 0)
    }

    @Test func `a .env file need not be exported`() throws {
        let folder = try TemporaryFolder()
        let lines = Self.tokens.map { "\($0.0)='\($0.1)'" }.joined(separator: "\n")
        let environment = try folder.write(".env", "# keys\n\n\(lines)\n")
        let output = "\(folder.path)/secrets.json"
        try run([Self.script, "--env", environment, "--output", output])
        let file = SecretFile(path: output, member: "egress_credentials.openai.token")
        #expect(try file.read(.line).secret.text == Self.tokens[0].1)
    }
}
