internal import Glibc
internal import IO
@testable internal import Sandbox
internal import Testing

/// What a sandbox of Linux namespaces is and does.
struct SandboxTests {
    private static func sandbox(
        _ change: (inout SandboxSpecification) -> Void = { _ in }
    ) throws -> Sandbox {
        try Launching.sandbox(change)
    }

    @Test func `a command's streams and code come back`() throws {
        let sandbox = try Self.sandbox()
        let result = try sandbox.capture(.shell("echo out; echo err >&2; exit 7"))
        #expect(result.output == "out\n")
        #expect(result.errors == "err\n")
        #expect(result.outcome.end == .exited(code: 7))
        #expect(result.outcome.outputBytes == 8)
        #expect(result.outcome.usage.wall > .zero)
    }

    @Test func `input, arguments with spaces and bytes that are no text pass unchanged`() throws {
        let sandbox = try Self.sandbox()
        var cat = SandboxCommand(["cat"])
        cat.input = [0, 0xff, 10, 0x80] + [UInt8](repeating: 7, count: 300_000)
        var bytes: [UInt8] = []
        let outcome = try sandbox.run(cat) { _, chunk in bytes += chunk }
        #expect(bytes == cat.input)
        #expect(outcome.end == .exited(code: 0))
        let arguments = SandboxCommand(["printf", "%s|", "a b", "", "$HOME", "ü"])
        #expect(try sandbox.capture(arguments).output == "a b||$HOME|ü|")
    }

    @Test(arguments: [
        (SandboxCommand(["/no/such"]), "program"),
        (SandboxCommand(["no-such-program"]), "program"),
        (SandboxCommand(["/etc/passwd"]), "program"),
    ])
    func `a program that is not there is an error, not an exit code`(
        command: SandboxCommand, stage: String
    ) throws {
        let sandbox = try Self.sandbox()
        #expect { try sandbox.run(command) { _, _ in } } throws: { error in
            guard case .notStarted(stage, _) = error as? SandboxError else { return false }
            return true
        }
        // The sandbox outlives it.
        #expect(try sandbox.capture(SandboxCommand(["true"])).outcome.end == .exited(code: 0))
    }

    @Test func `a signal's end is told`() throws {
        let sandbox = try Self.sandbox()
        #expect(try sandbox.capture(.shell("kill -TERM $$")).outcome.end == .signalled(SIGTERM))
    }

    @Test func `every layer is in force in a command, as the kernel itself says`() throws {
        let sandbox = try Self.sandbox()
        let lines = try sandbox.status().split(separator: "\n")
        let value = { (name: String) -> String in
            lines.first { $0.hasPrefix(name + ":") }
                .map { $0.dropFirst(name.count + 1).filter { !$0.isWhitespace } } ?? ""
        }
        for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            #expect(value(set) == "0000000000000000", "\(set)")
        }
        #expect(value("NoNewPrivs") == "1")
        #expect(value("Seccomp") == "2")
        #expect(value("Seccomp_filters") == "2")
        #expect(value("Pid") == "2")
        #expect(value("Uid") == "1000100010001000")
        #expect(value("Groups") == "")
        print(sandbox.report.missing)
    }

    @Test func `the environment is the specification's and the command's, nothing of the daemon's`()
        throws
    {
        setenv("SLUICE_TEST_SECRET", "canary", 1)
        let sandbox = try Self.sandbox { $0.environment = ["A": "1", "B": "2"] }
        var command = SandboxCommand(["env"])
        command.environment = ["B": "3"]
        let lines = try sandbox.capture(command).output.split(separator: "\n").sorted()
        #expect(
            lines == [
                "A=1", "B=3", "HOME=/workspace", "LANG=C.UTF-8",
                "PATH=/usr/local/bin:/usr/bin:/bin", "TMPDIR=/tmp", "USER=sandbox",
            ])
    }

    @Test func `a command has three descriptors`() throws {
        let sandbox = try Self.sandbox()
        // The fourth is the folder that ls itself reads.
        let listed = try sandbox.capture(SandboxCommand(["ls", "/proc/self/fd"])).output
        #expect(listed.split(separator: "\n") == ["0", "1", "2", "3"])
    }

    @Test func `a timeout leaves no process, however it hides`() throws {
        let sandbox = try Self.sandbox()
        let escape =
            "setsid sh -c 'trap \"\" TERM HUP INT; (sleep 1000 &) ; sleep 1000' & sleep 1000"
        var command = SandboxCommand.shell(escape)
        command.timeout = .milliseconds(200)
        let outcome = try sandbox.capture(command).outcome
        #expect(outcome.end == .timedOut)
        #expect(outcome.usage.wall < .seconds(20))
        #expect(try sandbox.livingCommands() == 0)
    }

    @Test func `what a command leaves behind ends with it`() throws {
        let sandbox = try Self.sandbox()
        let outcome = try sandbox.capture(.shell("(setsid sleep 1000 &) ; exit 3")).outcome
        #expect(outcome.end == .exited(code: 3))
        #expect(try sandbox.livingCommands() == 0)
    }

    @Test func `output over the limit ends the command`() throws {
        let sandbox = try Self.sandbox { $0.limits.outputBytesMax = 100_000 }
        let result = try sandbox.capture(SandboxCommand(["yes"]))
        #expect(result.outcome.end == .outputLimit)
        #expect(result.outcome.isTruncated)
        #expect(result.output.utf8.count == 100_000)
    }

    @Test func `exactly the limit is no excess`() throws {
        let sandbox = try Self.sandbox { $0.limits.outputBytesMax = 1000 }
        let result = try sandbox.capture(.shell("head -c 1000 /dev/zero"))
        #expect(result.outcome.end == .exited(code: 0))
        #expect(!result.outcome.isTruncated)
        #expect(try sandbox.capture(.shell("head -c 1001 /dev/zero")).outcome.isTruncated)
    }

    @Test func `kill ends a command and all commands`() throws {
        let sandbox = try Self.sandbox()
        let one = try sandbox.start(SandboxCommand(["sleep", "1000"]))
        one.kill()
        #expect(try one.wait { _, _ in }.end == .killed)
        let many = try (0..<3).map { _ in try sandbox.start(SandboxCommand(["sleep", "1000"])) }
        // Each has told that it runs before all are ended.
        let told = try sandbox.start(.shell("echo up; sleep 1000"))
        var waiting = pollfd(fd: told.output, events: Int16(POLLIN), revents: 0)
        #expect(poll(&waiting, 1, 20_000) == 1)
        sandbox.terminate()
        for command in many + [told] { #expect(try command.wait { _, _ in }.end == .killed) }
        #expect(!sandbox.isAlive)
        #expect(throws: SandboxError.ended) { try sandbox.start(SandboxCommand(["true"])) }
    }

    @Test func `a suspended sandbox does nothing until it is resumed`() throws {
        let sandbox = try Self.sandbox()
        let command = try sandbox.start(.shell("echo a; read x < /tmp/go; echo b"))
        try sandbox.suspend()
        #expect(throws: SandboxError.suspended) { try sandbox.start(SandboxCommand(["true"])) }
        try sandbox.resume()
        let other = try sandbox.capture(SandboxCommand(["echo", "again"]))
        #expect(other.output == "again\n")
        command.kill()
        _ = try command.wait { _, _ in }
    }

    @Test func `files stay in a sandbox and are no other sandbox's`() throws {
        let one = try Self.sandbox()
        let other = try Self.sandbox()
        _ = try one.capture(.shell("echo kept > /workspace/a; echo kept > /tmp/b"))
        #expect(try one.capture(.shell("cat a /tmp/b")).output == "kept\nkept\n")
        let listed = try other.capture(.shell("ls -A /workspace /tmp")).output
        #expect(listed == "/tmp:\n\n/workspace:\n")
    }

    @Test func `the eleventh command finds its sandbox`() throws {
        let sandbox = try Self.sandbox()
        for index in 0..<25 {
            #expect(try sandbox.capture(.shell("echo \(index) >> log; wc -l < log")).output
                == "\(index + 1)\n")
        }
    }

    @Test func `a file is opened with the sandbox's rights`() throws {
        let sandbox = try Self.sandbox()
        _ = try sandbox.capture(.shell("echo inside > a; ln -s /etc/shadow l"))
        let file = try sandbox.open("a", flags: O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(file.raw, &bytes, 16) == 7)
        for (path, flags) in [
            ("/etc/shadow", O_RDONLY), ("l", O_RDONLY), ("/usr/x", O_WRONLY | O_CREAT),
            ("/etc/passwd", O_WRONLY),
        ] {
            #expect(throws: SandboxError.self, "\(path)") {
                _ = try sandbox.open(path, flags: flags)
            }
        }
    }

    @Test func `files are written as they are, in one step`() throws {
        let sandbox = try Self.sandbox()
        let bytes = [UInt8](0...255) + [UInt8](repeating: 10, count: 200_000)
        try sandbox.makeFolders("deep/er")
        try sandbox.write(bytes, to: "deep/er/file")
        try sandbox.write([65], to: "deep/er/file", mode: .append)
        var length = SandboxCommand.shell(
            "cd deep/er; wc -c < file; ls -A; stat -c %a file")
        #expect(try sandbox.capture(length).output == "\(bytes.count + 1)\nfile\n644\n")
        #expect(throws: SandboxError.notStarted("file", .init(EEXIST))) {
            try sandbox.write([1], to: "deep/er/file", mode: .create)
        }
        try sandbox.write([66], to: "new", mode: .create, permissions: 0o755)
        length = .shell("cat new; stat -c %a new")
        #expect(try sandbox.capture(length).output == "B755\n")
    }

    @Test func `files are not written where the sandbox may not, nor longer than it may`() throws {
        let sandbox = try Self.sandbox { $0.limits.fileBytesMax = 1000 }
        let script = "ln -s /etc/passwd l; mkdir f; ln -s nowhere d; echo a > t; ln -s t k"
        _ = try sandbox.capture(.shell(script))
        for path in [
            "/usr/x", "/etc/passwd", "l", "f", "/proc/self/fd/1", "../../x", "missing/x",
        ] {
            #expect(throws: SandboxError.self, "\(path)") { try sandbox.write([1], to: path) }
        }
        #expect(throws: SandboxError.notStarted("file", .init(EFBIG))) {
            try sandbox.write([UInt8](repeating: 0, count: 1001), to: "t")
        }
        // What could not be written has changed nothing; a link stays one.
        try sandbox.write([98, 10], to: "k")
        #expect(try sandbox.capture(.shell("cat t; readlink k; ls -A")).output
            == "b\nt\nd\nf\nk\nl\nt\n")
    }

    @Test func `200 commands in a sandbox, 16 at a time, all end well`() async throws {
        let sandbox = try Self.sandbox { $0.limits.processesMax = 200 }
        let outputs = try await withThrowingTaskGroup(of: String.self) { group in
            for lane in 0..<16 {
                group.addTask {
                    var all = ""
                    for index in stride(from: lane, to: 200, by: 16) {
                        all += try sandbox.capture(SandboxCommand(["echo", "\(index)"])).output
                    }
                    return all
                }
            }
            return try await group.reduce("", +)
        }
        #expect(Set(outputs.split(separator: "\n").compactMap { Int($0) }) == Set(0..<200))
        #expect(try sandbox.livingCommands() == 0)
    }
}
