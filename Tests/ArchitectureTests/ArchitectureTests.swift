import Testing

/// The house stands as ARCHITECTURE.md draws it.
struct ArchitectureTests {
    private static func folder(of target: String) -> String {
        ["Gateway", "Egress", "Agentd", "Main"].contains(target)
            ? "Sources/\(target)" : "Sources/Shared/\(target)"
    }

    @Test func `every source file keeps to its target's arrows and limits`() throws {
        var complaints: [String] = []
        var count = 0
        for target in House.targets.keys.sorted() {
            let files = try SourceFile.all(below: Self.folder(of: target))
            #expect(!files.isEmpty, "\(target) has no files")
            count += files.count
            complaints += files.flatMap { House.complaints(about: $0, of: target) }
        }
        print("architecture: looked at \(count) files of \(House.targets.count) targets")
        #expect(complaints == [])
        #expect(count > 300)
    }

    @Test func `every file below Sources belongs to a target that is looked at`() throws {
        let folders = House.targets.keys.map { Self.folder(of: $0) + "/" }
            + House.others.map { "Sources/Shared/\($0)/" }
        let strays = try SourceFile.all(below: "Sources").map(\.path).filter { path in
            !folders.contains { path.hasPrefix($0) }
        }
        #expect(strays == [])
    }

    @Test func `the package declares no dependency that the table does not have`() throws {
        let package = try SourceFile(path: "Package.swift")
        let declared = Self.declared(in: package.lines.joined(separator: "\n"))
        #expect(declared.count >= House.targets.count)
        for (target, dependencies) in declared where !House.others.contains(target) {
            let allowed = try #require(House.targets[target], "\(target) is not in the table")
            #expect(dependencies.subtracting(allowed) == [], "\(target)")
        }
    }

    /// The names in `shared("Name", […])`, `role("Name", […])` and the program's dependencies.
    private static func declared(in text: String) -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for match in text.matches(of: /(?:shared|role)\(\s*"(\w+)"(?:,\s*\[([^\]]*)\])?\s*\)/) {
            found[String(match.1)] = names(in: match.2 ?? "")
        }
        for match in text.matches(of: /name: "Main",\s*dependencies: \[([^\]]*)\]/) {
            found["Main"] = names(in: match.1).subtracting(["swift-argument-parser"])
        }
        return found
    }

    private static func names(in list: Substring) -> Set<String> {
        Set(list.matches(of: /"([\w-]+)"/).map { String($0.1) })
    }

    /// A check that lets these pass checks nothing.
    @Test(arguments: [
        ("Bytes", "import Foundation", "imports Foundation"),
        ("HTTP", "internal import IO", "imports IO"),
        ("Rego", "public import struct IO.SocketAddress", "imports IO"),
        ("Gateway", "@testable internal import Agentd", "imports Agentd"),
        ("Transport", "internal import Policy", "imports Policy"),
        ("Proxy", "    let value = try! read()", "try!"),
        ("Config", "        fatalError(\"cannot be\")", "fatalError("),
        ("IO", "// " + "TO" + "DO: later", "TO" + "DO"),
        ("Rego", "    let raw = Glibc.socket(AF_INET, 1, 0)", "opens a door"),
        ("Nowhere", "", "not in the table"),
        ("Bytes", String(repeating: "//\n", count: 401), "401 lines"),
    ])
    func `a planted fault is found`(target: String, text: String, complaint: String) {
        let file = SourceFile(path: "Sources/Shared/\(target)/Planted.swift", text: text)
        let found = House.complaints(about: file, of: target)
        #expect(found.contains { $0.contains(complaint) })
    }

    @Test func `a file without fault is not complained about`() {
        let file = SourceFile(
            path: "Sources/Shared/HTTP/Fine.swift",
            text: "internal import Bytes\npublic import Synchronization\n\n/// Important.\n")
        #expect(House.complaints(about: file, of: "HTTP") == [])
        #expect(file.imports == ["Bytes", "Synchronization"])
    }
}
