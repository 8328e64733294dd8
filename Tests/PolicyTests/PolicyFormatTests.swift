import Bytes
import Files
import Glibc
import Testing

@testable import Policy

private let ragged = "package a\n\n\n\nallow  if input.x==1\n"
private let tidy = "package a\n\nallow if input.x == 1\n"
private let version0 = "package a\n\nallow {\n\tinput.x == 1\n}\n"

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

@Suite struct PolicyFormatTests {
    @Test(
        arguments: [
            (.print, false, ragged, tidy, nil, false), (.print, false, tidy, tidy, nil, false),
            (.print, true, ragged, "", nil, true), (.print, true, tidy, tidy, nil, false),
            (.write, false, ragged, "", tidy, false), (.write, false, tidy, "", nil, false),
            (.write, true, ragged, "", nil, true),
            (.list, false, ragged, "a.rego\n", nil, false), (.list, false, tidy, "", nil, false),
            (.list, true, ragged, "a.rego\n", nil, true),
            (.diff, false, tidy, "", nil, false),
            (
                .diff, true, ragged,
                "--- a.rego\n+++ a.rego\n@@ -1,5 +1,3 @@\n package a\n \n-\n-\n"
                    + "-allow  if input.x==1\n+allow if input.x == 1\n",
                nil, true
            ),
        ] as [(PolicyFormat.Mode, Bool, String, String, String?, Bool)])
    func `a source is printed, replaced, compared or listed, and refused on demand`(
        mode: PolicyFormat.Mode, refuses: Bool, source: String, output: String,
        replacement: String?, isRefused: Bool
    ) throws {
        var format = PolicyFormat()
        format.mode = mode
        format.refusesChanges = refuses
        let step = try format.step(Array(source.utf8), name: "a.rego")
        #expect(text(step.output) == output)
        #expect(step.replacement.map(text) == replacement)
        #expect(step.isRefused == isRefused)
    }

    @Test(
        arguments: [
            (.v1, "package a\n\nimport rego.v1\n\np if true\n", "import rego.v1"),
            (.v0, version0, version0),
            (.v0ToBoth, version0, "import rego.v1\n\nallow if {\n\tinput.x == 1\n}\n"),
            (.v1ToBoth, tidy, "import rego.v1\n\nallow if input.x == 1\n"),
        ] as [(PolicyFormat.Language, String, String)])
    func `a source is read and written in the languages that are asked for`(
        language: PolicyFormat.Language, source: String, part: String
    ) throws {
        var format = PolicyFormat()
        format.language = language
        let result = text(try format.formatted(Array(source.utf8), name: "a.rego"))
        #expect(result.contains(part))
        format.language = language == .v0ToBoth ? .v1ToBoth : language
        #expect(text(try format.formatted(Array(result.utf8), name: "a.rego")) == result)
    }

    @Test func `imports of v0 are dropped on demand`() throws {
        var format = PolicyFormat()
        format.dropsV0Imports = true
        let imports = "import future.keywords.if\nimport rego.v1"
        let source = "package a\n\n\(imports)\n\nallow if input.x == 1\n"
        #expect(text(try format.formatted(Array(source.utf8), name: "a.rego")) == tidy)
    }

    @Test(
        arguments: [
            (false, false, false, .v1), (false, true, false, .v1), (true, false, false, .v0),
            (false, false, true, .v0ToBoth), (true, false, true, .v0ToBoth),
            (false, true, true, .v1ToBoth), (true, true, false, nil), (true, true, true, nil),
        ] as [(Bool, Bool, Bool, PolicyFormat.Language?)])
    func `flags mean a language, or contradict each other`(
        v0: Bool, v1: Bool, both: Bool, language: PolicyFormat.Language?
    ) {
        #expect(
            PolicyFormat.Language(v0Compatible: v0, v1Compatible: v1, v0AndV1: both) == language)
    }

    @Test(
        arguments: [
            (.v1, "package", "a.rego:1: rego_parse_error: "),
            (.v1, "", "rego_parse_error: empty module"),
            (.v1, version0, "a.rego:3: rego_parse_error: `if` keyword is required"),
            (.v0, tidy, "a.rego:3: rego_parse_error: "),
            (.v0ToBoth, "package a\n\np { any([true]) }\n", "a.rego:3: rego_type_error: "),
        ] as [(PolicyFormat.Language, String, String)])
    func `what is no source of the language is refused with its place`(
        language: PolicyFormat.Language, source: String, start: String
    ) {
        var format = PolicyFormat()
        format.language = language
        #expect {
            try format.step(Array(source.utf8), name: "a.rego")
        } throws: { error in
            guard case .modules(let errors)? = error as? BundleError else { return false }
            return errors.first?.description.hasPrefix(start) == true
        }
    }

    @Test func `a folder stands for its policies, a file for itself`() throws {
        let folder = "Tests/Corpus/policy_inspect"
        let files = ["\(folder)/shop/old.rego", "\(folder)/shop/shop.rego"]
        #expect(try PolicyFormat.sources(at: folder) == files)
        #expect(try PolicyFormat.sources(at: folder + "/") == files)
        #expect(try PolicyFormat.sources(at: files[0]) == [files[0]])
        #expect(try PolicyFormat.sources(at: folder + "/.manifest") == [])
        for missing in [folder + "/none", folder + "/none.rego", ""] {
            #expect(throws: FileError.self) { try PolicyFormat.sources(at: missing) }
        }
    }

    @Test func `a rewritten file keeps its permissions and stays behind its link`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.rego", ragged)
        let path = "\(folder.path)/a.rego"
        #expect(chmod(path, 0o600) == 0)
        #expect(symlink("a.rego", "\(folder.path)/link.rego") == 0)
        try File.rewrite("\(folder.path)/link.rego", with: Array(tidy.utf8))
        #expect(try File.read(path, bytesMax: 100) == Array(tidy.utf8))
        var status = stat()
        #expect(lstat("\(folder.path)/link.rego", &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(throws: FileError.self) {
            try File.rewrite("\(folder.path)/none.rego", with: [])
        }
    }
}
