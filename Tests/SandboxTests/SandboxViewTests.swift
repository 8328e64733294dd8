@testable internal import Sandbox
internal import Testing

struct SandboxViewTests {
    private static func view(
        _ change: (inout SandboxSpecification) -> Void = { _ in }
    ) throws -> SandboxView {
        var specification = SandboxSpecification()
        change(&specification)
        return try SandboxView(specification)
    }

    @Test func `parents come before what is in them, and no place comes twice`() throws {
        let paths = try Self.view { $0.readablePaths = ["/etc/ssl", "/var/tmp"] }.steps.map(\.path)
        for (index, path) in paths.enumerated() {
            #expect(!paths[..<index].contains { $0.hasPrefix(path + "/") }, "\(path)")
        }
        #expect(Set(paths).count == paths.count)
    }

    @Test func `nothing secret of the system is there`() throws {
        let paths = try Self.view().steps.map(\.path)
        for path in ["/etc", "/etc/shadow", "/root", "/home", "/var", "/run", "/sys", "/"] {
            #expect(!paths.contains(path))
        }
    }

    @Test func `who names a folder gets it as it is`() throws {
        let steps = try Self.view { $0.readablePaths = ["/etc"] }.steps
        #expect(steps.filter { $0.path.hasPrefix("/etc") }.map(\.path) == ["/etc"])
    }

    @Test func `writable wins over readable`() throws {
        let steps = try Self.view {
            $0.readablePaths = ["/var/tmp"]
            $0.writablePaths = ["/var/tmp"]
        }.steps
        #expect(steps.filter { $0.path == "/var/tmp" }.map(\.content)
            == [.writable(source: "/var/tmp")])
    }

    @Test func `bubblewrap is told the same view, and variables only for the command`() throws {
        let specification = SandboxSpecification()
        let draft = try SandboxDraft(
            specification: specification, backend: .container, bubblewrap: "/usr/bin/bwrap",
            filter: SyscallFilter(profile: .default))
        let made = BubblewrapArguments(
            draft: draft, command: SandboxCommand(["true"]),
            environment: ["LD_PRELOAD": "/workspace/x.so"],
            folder: "/workspace")
        let text = made.arguments.joined(separator: " ")
        for part in [
            "--unshare-user", "--unshare-net", "--die-with-parent", "--new-session",
            "--cap-drop ALL", "--ro-bind /usr /usr", "--proc /proc", "--clearenv",
            "--setenv LD_PRELOAD /workspace/x.so -- true", "--add-seccomp-fd 3",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(made.attachments.count >= 2)
    }
}
