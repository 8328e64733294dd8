internal import Files
internal import Glibc
@testable internal import Sandbox
internal import Testing

/// What every backend promises, and what only some do.
struct BackendTests {
    @Test(arguments: [
        ("linux-native", IsolationBackend.linuxNative), ("Linux_Native", .linuxNative),
        ("landlock", .linuxNative), ("bwrap", .container), ("container", .container),
        ("none", .hostDirect), ("host_direct", .hostDirect), ("docker", nil), ("", nil),
    ])
    func `a backend has names`(name: String, backend: IsolationBackend?) {
        #expect(IsolationBackend(name: name) == backend)
    }

    @Test func `no isolation has to be allowed`() throws {
        let launcher = try SandboxLauncher()
        #expect(throws: SandboxError.self) {
            try launcher.create(SandboxSpecification(), backend: .hostDirect)
        }
    }

    @Test(arguments: IsolationBackend.allCases)
    func `streams, codes and the work folder are the same`(backend: IsolationBackend) throws {
        let sandbox = try Launching.sandbox(backend: backend)
        let script = "cat > a; cat a; echo no >&2; exit 5"
        let first = try sandbox.capture(.shell(script), input: "yes\n")
        #expect(first.output == "yes\n")
        #expect(first.errors == "no\n")
        #expect(first.outcome.end == .exited(code: 5))
        #expect(try sandbox.capture(SandboxCommand(["cat", "a"])).output == "yes\n")
        #expect(try sandbox.capture(.shell("kill -KILL $$")).outcome.exitCode == 137)
    }

    @Test(arguments: IsolationBackend.allCases)
    func `the daemon's environment stays where it is`(backend: IsolationBackend) throws {
        setenv("SLUICE_TEST_SECRET", "canary", 1)
        let sandbox = try Launching.sandbox({ $0.environment = ["A": "1"] }, backend: backend)
        let names = try sandbox.capture(SandboxCommand(["env"])).output.split(separator: "\n")
            .map { String($0.prefix { $0 != "=" }) }
        #expect(
            Set(names).subtracting(["A", "HOME", "LANG", "PATH", "TMPDIR", "USER", "PWD"]) == [])
    }

    @Test(arguments: IsolationBackend.allCases)
    func `a timeout ends children as well`(backend: IsolationBackend) throws {
        let sandbox = try Launching.sandbox(backend: backend)
        let mark = "\(getpid())\(backend.rawValue.utf8.count)"
        var command = SandboxCommand.shell("setsid sleep 86\(mark) & sleep 86\(mark)")
        command.timeout = .milliseconds(300)
        #expect(try sandbox.capture(command).outcome.end == .timedOut)
        #expect(Self.running("86\(mark)") == 0)
    }

    @Test(arguments: [IsolationBackend.linuxNative, .container])
    func `the host is not seen`(backend: IsolationBackend) throws {
        let sandbox = try Launching.sandbox(backend: backend)
        for (script, output) in [
            ("cat /etc/shadow 2>/dev/null || echo none", "none\n"),
            ("touch /usr/x 2>/dev/null || echo none", "none\n"),
            ("touch /x 2>/dev/null || echo none", "none\n"),
            ("ls /sys/fs /root /home 2>/dev/null | wc -l", "0\n"),
            ("id -u; hostname", "1000\nsandbox\n"),
            ("unshare -U true 2>/dev/null || echo none", "none\n"),
        ] {
            #expect(try sandbox.capture(.shell(script)).output == output, "\(script)")
        }
    }

    @Test(arguments: [IsolationBackend.linuxNative, .container])
    func `a folder of the host is writable or readable as it is named`(
        backend: IsolationBackend
    ) throws {
        let readable = try ScratchFolder(owner: .own)
        let writable = try ScratchFolder(owner: .own)
        try File.replace(readable.path + "/given", with: Array("given".utf8))
        chmod(readable.path, 0o755)
        let sandbox = try Launching.sandbox(
            {
                $0.readablePaths = [readable.path]
                $0.workFolder = .host(writable.path)
            }, backend: backend)
        let script = "cat \(readable.path)/given > made; touch \(readable.path)/x || pwd"
        let result = try sandbox.capture(.shell(script))
        #expect(result.output == writable.path + "\n")
        #expect(try File.read(writable.path + "/made", bytesMax: 100) == Array("given".utf8))
        #expect(!File.exists(readable.path + "/x"))
        // To the host it belongs to whoever owns the folder.
        #expect(HostPath.status(writable.path + "/made")?.st_uid == geteuid())
    }

    @Test func `the end of the launcher is the end of everything`() throws {
        var launcher: SandboxLauncher? = try SandboxLauncher()
        let sandbox = try #require(launcher).create(SandboxSpecification())
        let command = try sandbox.start(SandboxCommand(["sleep", "1000"]))
        launcher = nil
        #expect(try command.wait { _, _ in }.end == .killed)
        var waiting = pollfd(fd: sandbox.processDescriptor, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 20_000) == 1)
        #expect(!sandbox.isAlive)
    }

    @Test(arguments: [
        "relative", "/", "/proc", "/sys/fs", "/dev", "/dev/../etc", "/run/x", "/no/such/place",
        "/a\0b",
    ])
    func `such a path is in no sandbox`(path: String) {
        #expect(throws: SandboxError.self) {
            try Launching.sandbox { $0.readablePaths = [path] }
        }
    }

    /// A link could lead anywhere once it has been looked at.
    @Test func `a link to a reserved place is refused`() throws {
        let folder = try ScratchFolder(owner: .own)
        symlink("/proc", folder.path + "/link")
        #expect(throws: SandboxError.self) {
            try Launching.sandbox { $0.readablePaths = [folder.path + "/link"] }
        }
    }

    /// Processes of the host whose command line has `text`.
    private static func running(_ text: String) -> Int {
        Launching.processes().count { number in
            let line = (try? File.read("/proc/\(number)/cmdline", bytesMax: 4096)) ?? []
            return String(decoding: line, as: UTF8.self).contains(text)
        }
    }
}
