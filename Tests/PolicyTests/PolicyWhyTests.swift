import Rego
import Testing

@testable import Policy

/// What `policy eval --why` shows.
@Suite struct PolicyWhyTests {
    private static let source = """
        package authz

        default allow := false

        allow if {
        	input.user == "alice"
        	input.method == "GET"
        }

        allow if not blocked

        blocked if "x" in input.flags

        blocked if input.banned
        """

    private func text(
        _ query: String, input: String, _ format: QueryOutput.Format
    ) throws -> String {
        var modules = BundleModules()
        try modules.add(Array(Self.source.utf8), path: "authz.rego", version: .v1)
        let bundle = Bundle(
            manifest: BundleManifest(), modules: modules, data: .empty, warnings: [])
        var observation = PolicyQuery.Observation()
        observation.interests.insert(.events)
        observation.options.indexesRules = false
        let compiled = try PolicyQuery(query, in: bundle, observing: observation)
        let rows = try compiled.run(input: Array(input.utf8), nowNanoseconds: 0)
        var report = QueryReport()
        report.failures = compiled.failures
        return String(decoding: QueryOutput(format).text(rows, compiled, report), as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"user": "alice", "method": "PUT", "banned": true}"#,
            """
            false
            authz.rego:7:2: input.method == "GET" (data.authz.allow)
            authz.rego:10:10: not blocked (data.authz.allow)
              authz.rego:14:1: blocked

            """),
        (#"{"user": "eve", "flags": ["x"]}"#,
            """
            false
            authz.rego:6:2: input.user == "alice" (data.authz.allow)
            authz.rego:10:10: not blocked (data.authz.allow)
              authz.rego:12:1: blocked

            """),
        (#"{"user": "alice", "method": "GET", "banned": true}"#, "true\n"),
    ])
    func `people read one line for each cause`(input: String, expected: String) throws {
        #expect(try text("data.authz.allow", input: input, .pretty) == expected)
    }

    @Test func `programs read the same as JSON`() throws {
        let text = try text(
            "data.authz.allow", input: #"{"user": "alice", "method": "PUT", "banned": true}"#, .json)
        let parsed = try Array(text.utf8).withUnsafeBytes { try FrozenData.json($0) }
        let failures = parsed.root.member("failures")
        #expect(
            String(decoding: failures.json(), as: UTF8.self) == """
                [{"causes":[],"location":{"col":2,"file":"authz.rego","row":7},"passed":1,\
                "rule":"data.authz.allow","text":"input.method == \\"GET\\""},\
                {"causes":[{"location":{"col":1,"file":"authz.rego","row":14},\
                "rule":"data.authz.blocked","text":"blocked"}],\
                "location":{"col":10,"file":"authz.rego","row":10},"passed":0,\
                "rule":"data.authz.allow","text":"not blocked"}]
                """)
    }

    @Test func `a decision that allows has no failures`() throws {
        let text = try text("data.authz.allow", input: #"{"user": "alice", "method": "GET"}"#, .json)
        #expect(text.contains("\"failures\": []"))
    }
}
