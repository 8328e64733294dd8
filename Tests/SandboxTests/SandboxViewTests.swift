internal import Glibc
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

    /// A mark behind a slash makes one character with it, but no other path.
    @Test(arguments: [
        "/", "/proc", "/proc/1", "/dev/\u{301}x", "/proc/\u{301}x", "/var/../etc",
        "/var/../\u{301}x", "/var/./..", "/..",
    ])
    func `what stands for more than files cannot be named`(path: String) {
        #expect(throws: SandboxError.notAllowed(path, writable: false)) {
            try Self.view { $0.readablePaths = [path] }
        }
    }

    @Test(arguments: ["", "var", "./var", "\u{301}/var", "/var/\0"])
    func `a path is absolute and has no zero byte`(path: String) {
        #expect(throws: SandboxError.self) { try Self.view { $0.readablePaths = [path] } }
    }

    @Test func `writable wins over readable`() throws {
        let steps = try Self.view {
            $0.readablePaths = ["/var/tmp"]
            $0.writablePaths = ["/var/tmp"]
        }.steps
        #expect(steps.filter { $0.path == "/var/tmp" }.map(\.content)
            == [.writable(source: "/var/tmp")])
    }

    private static let folders = HostFolders(readable: ["/var/cache"], writable: ["/var/tmp"])

    @Test(arguments: [
        ("/var/tmp", true), ("/var/tmp", false), ("/var//tmp/./", true), ("/var/cache", false),
        ("/var/cache/apt", false), ("/usr/share", false),
    ])
    func `a client may name what is allowed, and what every sandbox has`(
        path: String, writable: Bool
    ) throws {
        _ = try Self.view {
            $0.hostFolders = Self.folders
            if writable { $0.writablePaths = [path] } else { $0.readablePaths = [path] }
        }
    }

    @Test(arguments: [
        ("/var/cache", true), ("/var", false), ("/var/tmpfile", false), ("/etc", false),
        ("/etc/shadow", false), ("/root", true), ("/usr", true), ("/no/such/place", false),
        ("/usr/lib/ssl/private", false),
    ])
    func `nothing else of the host can be had`(path: String, writable: Bool) {
        #expect(throws: SandboxError.notAllowed(path, writable: writable)) {
            try Self.view {
                $0.hostFolders = Self.folders
                if writable { $0.writablePaths = [path] } else { $0.readablePaths = [path] }
            }
        }
    }

    @Test func `a work folder of the host has to be one that can be written`() {
        #expect(throws: SandboxError.notAllowed("/var/cache", writable: true)) {
            try Self.view {
                $0.hostFolders = Self.folders
                $0.workFolder = .host("/var/cache")
            }
        }
    }

    @Test func `a link does not lead out of what is allowed`() throws {
        let folder = try ScratchFolder(owner: .own)
        symlink("/etc", folder.path + "/link")
        #expect(throws: SandboxError.notAllowed(folder.path + "/link", writable: true)) {
            try Self.view {
                $0.hostFolders = Self.folders
                $0.writablePaths = [folder.path + "/link"]
            }
        }
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
