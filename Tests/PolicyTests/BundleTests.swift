import Bytes
import Rego
import Testing

@testable import Policy

private func file(_ name: String, _ text: String) -> BundleFile {
    let path = name.hasPrefix("/") ? String(name.dropFirst()) : name
    return BundleFile(path: path, name: name, bytes: Array(text.utf8))
}

private func refusal(_ files: [BundleFile]) -> String? {
    do throws(BundleError) {
        _ = try Bundle.read(files)
        return nil
    } catch {
        return error.description
    }
}

@Suite struct BundleTests {
    @Test func `data files hang at their folders and meeting objects merge`() throws {
        let bundle = try Bundle.read([
            file("data.json", #"{"a": {"c": 1}, "z": 1.50}"#), file("a/data.json", #"{"b": 2}"#),
            file("a/l/data.yaml", "- yes\n- 0x10\n- '1'"), file("s/data.json", "7"),
            file("y/data.yml", "k: {<<: {m: 1, o: 2}, m: 3, no: x}"),
        ])
        #expect(
            bundle.data.root.jsonText
                == #"{"a":{"b":2,"c":1,"l":[true,16,"1"]},"s":7,"y":{"k":{"false":"x","m":3,"o":2}},"z":1.50}"#
        )
        #expect(bundle.warnings.isEmpty)
        #expect(bundle.manifest.revision == "" && bundle.manifest.roots == .all)
    }

    @Test func `the former data files at the root are data`() throws {
        let bundle = try Bundle.read([
            file("gateway_config.json", #"{"api_keys": []}"#),
            file("egress_config.json", #"{"egress_services": {}}"#),
        ])
        #expect(bundle.data.root.jsonText == #"{"api_keys":[],"egress_services":{}}"#)
        #expect(
            refusal([
                file(".manifest", #"{"roots": ["agentd"]}"#),
                file("gateway_config.json", #"{"api_keys": []}"#),
            ])
                == "manifest roots [agentd] do not permit data at path '/api_keys' (hint: check bundle directory structure)"
        )
    }

    @Test func `what is not read is said`() throws {
        let bundle = try Bundle.read([
            file("x.json", "{}"), file("a/gateway_config.json", "{}"), file("policy.wasm", ""),
            file("README.md", "no warning for this"), file("a/b.yaml", ""),
        ])
        #expect(
            bundle.warnings == [
                "x.json is not read: data files are called data.json or data.yaml",
                "a/gateway_config.json is not read: data files are called data.json or data.yaml",
                "policy.wasm is not read: policies are evaluated from their sources",
                "a/b.yaml is not read: data files are called data.json or data.yaml",
            ])
    }

    @Test(
        arguments: [
            ([("data.json", "[1]")], "root value must be object"),
            (
                [("data.json", #"{"a":{"b":1}}"#), ("a/data.json", #"{"b":2}"#)],
                "failed to insert data file from path a"
            ),
            (
                [("data.json", "{\n \"a\": x}")],
                "bundle load failed on data.json: unexpected byte at line 2, column 7"
            ),
            (
                [("a/data.yaml", "a: [")],
                "bundle load failed on a/data.yaml: yaml: line 2: while parsing a flow node: did not find expected node content"
            ),
            (
                [("data.yaml", "a: .nan")],
                "bundle load failed on data.yaml: yaml: line 1: json: unsupported value: nan"
            ),
            ([(".manifest", "[]")], "bundle load failed on .manifest: must be an object"),
            (
                [(".manifest", #"{"revision": 1}"#)],
                "bundle load failed on .manifest: revision must be a string"
            ),
            (
                [(".manifest", #"{"roots": "a"}"#)],
                "bundle load failed on .manifest: roots must be a list of strings"
            ),
            (
                [(".manifest", #"{"rego_version": 7}"#)],
                "bundle load failed on .manifest: rego_version must be 0 or 1"
            ),
            (
                [(".manifest", #"{"file_rego_versions": {"[": 0}}"#)],
                "bundle load failed on .manifest: file_rego_versions: '[' is no pattern"
            ),
            (
                [(".manifest", #"{"roots": ["a/b", "a"]}"#)],
                "manifest has overlapped roots: 'a/b' and 'a'"
            ),
            (
                [(".manifest", #"{"roots": ["a", "/a/b/"]}"#)],
                "manifest has overlapped roots: 'a/b' and 'a'"
            ),
            (
                [(".manifest", #"{"roots": ["a"]}"#), ("data.json", #"{"ab": 1}"#)],
                "manifest roots [a] do not permit data at path '/ab' (hint: check bundle directory structure)"
            ),
            (
                [(".manifest", #"{"roots": ["a/b", "c"]}"#), ("a/data.json", "1")],
                "manifest roots [a/b c] do not permit data at path '/a' (hint: check bundle directory structure)"
            ),
            (
                [(".manifest", #"{"roots": ["a"]}"#), ("x.rego", "package b\np := 1")],
                "manifest roots [a] do not permit 'package b' in module 'x.rego'"
            ),
            (
                [("x.rego", "package b\np { input.x }")],
                "x.rego:2: rego_parse_error: `if` keyword is required before rule body"
            ),
            ([("patch.json", "{}")], "delta bundle where a snapshot is needed"),
            ([(".signatures.json", "{}")], "verification key not provided"),
            (
                [("egress_secrets.json", "{}")],
                "egress_secrets.json: holds credentials, which have no place in a bundle; name the file as the egress role's credential source and leave it out"
            ),
        ] as [([(String, String)], String)])
    func `a bundle that is wrong is refused`(files: [(String, String)], text: String) {
        let found = refusal(files.map { file($0.0, $0.1) })
        #expect(found?.hasPrefix(text) == true, "\(found ?? "accepted")")
    }

    @Test func `the manifest chooses each file's language`() throws {
        let manifest = #"{"rego_version": 0, "file_rego_versions": {"/new/*.rego": 1}}"#
        #expect(
            refusal([
                file("/.manifest", manifest), file("/old/p.rego", "package old\nallow { input.x }"),
                file("/new/p.rego", "package new\nallow if input.x"),
            ]) == nil)
        // A pattern matches the name as the archive spells it, as in OPA.
        #expect(
            refusal([
                file(".manifest", manifest), file("new/p.rego", "package new\nallow if input.x"),
            ]) != nil)
    }

    @Test func `nesting is bounded`() {
        let deep = String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000)
        #expect(
            refusal([file("a/data.json", deep)])?.hasSuffix("nested deeper than 512 levels") == true
        )
        #expect(
            refusal([file("a/data.yaml", deep)])?.hasSuffix("nested deeper than 256 levels") == true
        )
    }

    @Test func `folders are bounded, and so is a list of errors`() {
        func path(_ count: Int) -> String { String(repeating: "a/", count: count) + "data.json" }
        #expect(refusal([file(path(64), "{}")]) == nil)
        #expect(
            refusal([file(path(65), "{}")])
                == "bundle load failed on a/a/a/…: below more than 64 folders")
        #expect(refusal([file(path(30_000), "{}")]) != nil)
        let error = BundleError.gatewayData((1...60).map { "fault \($0)" })
        #expect(error.description.hasPrefix("60 errors occurred:\nfault 1\n"))
        #expect(error.description.hasSuffix("\nfault 50\nand 10 more"))
    }

    @Test func `roots are compared by segment`() throws {
        let roots = try BundleRoots(["/a/b/", "c"])
        #expect(roots.paths == ["a/b", "c"])
        #expect(
            roots.contain(["a", "b"]) && roots.contain(["a", "b", "x"]) && roots.contain(["c"]))
        #expect(!roots.contain(["a"]) && !roots.contain(["a", "bc"]) && !roots.contain([]))
        #expect(BundleRoots.all.contain([]))
    }

    @Test(arguments: [
        ("/old/*.rego", "/old/p.rego", true), ("/old/*.rego", "/old/a/p.rego", false),
        ("/old/**", "/old/a/p.rego", true), ("**/p.rego", "a/p.rego", true), ("a?c", "abc", true),
        ("a?c", "a/c", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false),
        ("{a,b}.rego", "b.rego", true), ("{a,b}.rego", "c.rego", false), ("a\\*", "a*", true),
        ("a\\*", "ab", false), ("", "", true), ("*", "", true),
        ("**a**a**a**a**", String(repeating: "b", count: 2000), false),
    ])
    func `patterns match paths`(pattern: String, path: String, matches: Bool) throws {
        #expect(try #require(PathGlob(pattern)).matches(path) == matches)
    }

    @Test func `a pattern's length and choices are bounded`() {
        #expect(PathGlob(String(repeating: "a", count: 1024)) != nil)
        #expect(PathGlob(String(repeating: "a", count: 1025)) == nil)
        #expect(PathGlob(String(repeating: "{a,b}", count: 6)) != nil)
        #expect(PathGlob(String(repeating: "{a,b}", count: 7)) == nil)
        #expect(PathGlob(String(repeating: "{}", count: 400_000)) == nil)
    }

    @Test(arguments: ["[", "[]", "{a", "a}", "{a,{b}}", "\\", "[b-a]"])
    func `a malformed pattern is refused`(pattern: String) {
        #expect(PathGlob(pattern) == nil)
    }
}
