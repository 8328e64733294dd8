import Bytes
import Rego
import Testing

@testable import Policy

private func load(_ paths: String...) throws(BundleError) -> Bundle {
    var loader = PolicyLoader()
    for path in paths { try loader.add(path: path) }
    return try loader.finish()
}

private func answer(
    _ query: String, _ format: QueryOutput.Format, input: String? = nil
) throws -> String {
    let compiled = try PolicyQuery(query, in: try load("Tests/Corpus/policy_tests"))
    let rows = try compiled.run(input: input.map { Array($0.utf8) }, nowNanoseconds: 0)
    return String(decoding: QueryOutput(format).text(rows, compiled), as: UTF8.self)
}

@Suite struct PolicyToolTests {
    @Test func `the tests of the shipped bundle pass`() throws {
        let results = try PolicyTestRunner().run(try load("bundles/agentd"))
        #expect(results.count >= 20)
        for result in results { #expect(result.outcome == .passed, "\(result.test.name)") }
    }

    @Test func `the shipped bundle is valid as a bundle and when it is built`() throws {
        let snapshot = try PolicySnapshot(
            try Bundle.load("bundles/agentd"), entrypoint: "agentd/authz")
        #expect(snapshot.gateway.keys.count == 4)
        let built = try BundleBuilder().build(try BundleFile.load("bundles/agentd"))
        let again = try Bundle.read(try BundleFile.unpack(built.archive))
        #expect(again.manifest.revision == "dev")
        #expect(throws: Never.self) { try PolicySnapshot(again, entrypoint: "agentd/authz") }
    }

    @Test func `every outcome of a test is told apart`() throws {
        let results = try PolicyTestRunner().run(try load("Tests/Corpus/policy_tests"))
        var outcomes: [String: PolicyTestResult.Outcome] = [:]
        for result in results { outcomes[result.test.name] = result.outcome }
        let conflict =
            "Tests/Corpus/policy_tests/outcomes.rego:9: eval_conflict_error: "
            + "complete rules must not produce multiple outputs"
        #expect(
            outcomes == [
                "test_passes": .passed, "test_fails": .failed, "test_is_undefined": .failed,
                "test_is_no_truth": .failed, "test_divides": .failed, "todo_test_later": .skipped,
                "test_prints": .failed, "test_conflicts": .error(conflict),
                "test_with_input": .passed, "test_twice": .passed, "test_twice#01": .passed,
            ])
        let report = PolicyTestReport(results)
        #expect(report.hasFailures && report.hasSkipped)
        let text = report.pretty(isVerbose: false)
        #expect(text.hasPrefix("Tests/Corpus/policy_tests/outcomes_test.rego:\n"))
        #expect(text.contains("data.outcomes_test.todo_test_later: SKIPPED\n"))
        #expect(text.contains("\n\n  value is 1\n\n"))
        #expect(text.contains("data.outcomes_test.test_conflicts: ERROR ("))
        #expect(!text.contains("test_passes"))
        #expect(
            text.hasSuffix(
                String(repeating: "-", count: 80)
                    + "\nPASS: 4/11\nFAIL: 5/11\nSKIPPED: 1/11\nERROR: 1/11\n"))
        #expect(report.pretty(isVerbose: true).contains("test_passes: PASS ("))
    }

    @Test func `tests are chosen by a regular expression`() throws {
        let filter = try #require(TestFilter("outcomes_test\\.test_(pass|twice)"))
        var runner = PolicyTestRunner()
        runner.isSelected = { filter.matches($0) }
        let results = try runner.run(try load("Tests/Corpus/policy_tests"))
        #expect(results.map(\.test.name) == ["test_passes", "test_twice", "test_twice#01"])
        #expect(PolicyTestReport(results).pretty(isVerbose: false) == "PASS: 3/3\n")
        #expect(TestFilter("(") == nil)
    }

    @Test func `a test that takes too long is an error`() throws {
        var modules = BundleModules()
        try modules.add(
            Array(
                "package t\ntest_long if count([1 | some i in numbers.range(1, 100000000); i > 0]) == 0"
                    .utf8),
            path: "t.rego", version: .v1)
        let bundle = Bundle(
            manifest: BundleManifest(), modules: modules, data: .empty, warnings: [])
        var runner = PolicyTestRunner()
        runner.timeout = .milliseconds(20)
        guard case .error = try runner.run(bundle).first?.outcome else {
            Issue.record("it ended")
            return
        }
    }

    @Test(arguments: [
        ("data.outcomes.value", QueryOutput.Format.raw, "1\n"),
        ("\"a<b\"; 1 + 1", .raw, "a<b 2\n"), ("[\"<\"]", .raw, "[\"\\u003c\"]\n"),
        ("data.outcomes.value", .pretty, "1\n"), ("false", .pretty, "false\n"),
        ("data.outcomes.missing", .pretty, "undefined\n"), ("[false][_]", .pretty, "undefined\n"),
        ("data.outcomes.missing", .json, "{}\n"), ("data.outcomes.missing", .raw, ""),
        ("1 == 1; false", .json, "{}\n"), ("not false", .pretty, "true\n"),
        ("x := 1", .bindings, "{\n  \"x\": 1\n}\n"), ("1", .values, "[\n  1\n]\n"),
        ("input.a", .raw, "{\"b\":[]}\n"), ("1", .discard, "{\n  \"result\": \"discarded\"\n}\n"),
        (
            "x := [\"ab\", 2][_]", .pretty,
            "+------+\n|  x   |\n+------+\n| \"ab\" |\n| 2    |\n+------+\n"
        ),
        (
            "x := {}", .json,
            """
            {
              "result": [
                {
                  "expressions": [
                    {
                      "value": true,
                      "text": "x := {}",
                      "location": {
                        "row": 1,
                        "col": 1
                      }
                    }
                  ],
                  "bindings": {
                    "x": {}
                  }
                }
              ]
            }

            """
        ),
    ])
    func `answers are printed as opa eval does`(
        query: String, format: QueryOutput.Format, text: String
    ) throws {
        #expect(try answer(query, format, input: #"{"a": {"b": []}}"#) == text)
    }

    @Test(arguments: [
        ("x", "1:1: rego_unsafe_var_error: var x is unsafe"),
        ("foo(1)", "1:1: rego_type_error: undefined function foo"),
    ])
    func `a faulty query is refused with its place`(query: String, text: String) {
        #expect {
            try answer(query, .json)
        } throws: { error in
            guard case .modules(let errors)? = error as? BundleError else { return false }
            return errors.map(\.description) == [text]
        }
    }

    @Test func `a query may import and may name a package's rules`() throws {
        let bundle = try load("Tests/Corpus/policy_tests")
        let imported = try PolicyQuery("o.value", in: bundle, imports: ["data.outcomes as o"])
        #expect(try imported.run(input: nil, nowNanoseconds: 0).first?.values.first?.int64 == 1)
        let inside = try PolicyQuery("value", in: bundle, package: "outcomes")
        #expect(try inside.run(input: nil, nowNanoseconds: 0).first?.values.first?.int64 == 1)
    }

    @Test func `input that is no JSON is refused`() throws {
        let query = try PolicyQuery("input", in: try load("Tests/Corpus/policy_tests"))
        #expect(throws: PolicyQueryError.self) {
            try query.run(input: Array("{".utf8), nowNanoseconds: 0)
        }
        #expect(try InputFile.json(Array("a: 1".utf8), name: "i.yaml") == Array(#"{"a":1}"#.utf8))
    }

    @Test func `files go where their folder or prefix says`() throws {
        let bundle = try load(
            "x.y:Tests/Corpus/policy_tests/data.yaml", "Tests/Corpus/policy_tests")
        #expect(
            bundle.data.root.jsonText == #"{"values":{"one":1},"x":{"y":{"values":{"one":1}}}}"#)
        #expect(
            bundle.modules.paths == [
                "Tests/Corpus/policy_tests/outcomes.rego",
                "Tests/Corpus/policy_tests/outcomes_test.rego",
            ])
    }

    @Test(
        arguments: [
            (0, "0s"), (253, "253ns"), (1417, "1.417µs"), (2_500_000, "2.5ms"), (1_000_000, "1ms"),
            (1_200_000_000, "1.2s"), (90_000_000_000, "1m30s"), (3_661_000_000_000, "1h1m1s"),
        ] as [(Int64, String)])
    func `durations are printed as Go does`(nanoseconds: Int64, text: String) {
        #expect(GoDuration.text(nanoseconds: nanoseconds) == text)
    }
}
