internal import Files
internal import Glibc
@testable internal import Sandbox
internal import Testing

/// A command that may change nothing, tried with whatever changes a file or folder.
struct ReadOnlyTests {
    private static let attempts: [(name: String, script: String)] = [
        ("make a file", "echo x > new"),
        ("make a file in /tmp", "echo x > /tmp/new"),
        ("make a file in /dev/shm", "echo x > /dev/shm/new"),
        ("overwrite", "echo x > old"),
        ("append", "echo x >> old"),
        ("truncate", "truncate -s 0 old"),
        ("truncate by path", "python3 -c 'import os; os.truncate(\"old\", 0)'"),
        ("open for writing", "python3 -c 'open(\"old\", \"r+\").write(\"x\")'"),
        ("remove", "rm -f old"),
        ("remove a folder", "rmdir empty"),
        ("make a folder", "mkdir new"),
        ("rename", "mv old other"),
        ("rename into a folder", "mv old folder/old"),
        ("exchange", "mv -f folder/inner old"),
        ("hard link", "ln old other"),
        ("symbolic link", "ln -s old other"),
        ("pipe", "mkfifo pipe"),
        ("socket", "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")'"),
        ("nameless file", "python3 -c 'import os; os.open(\".\", os.O_TMPFILE | os.O_RDWR)'"),
    ]
    /// What only the filter of system calls knows.
    private static let attributes: [(name: String, script: String)] = [
        ("mode", "chmod 777 old"),
        ("mode of a folder", "chmod 700 folder"),
        ("times", "touch -d 2001-01-01 old"),
        ("attributes", "python3 -c 'import os; os.setxattr(\"old\", \"user.a\", b\"1\")'"),
    ]

    private static let prepare = """
        echo content > old; mkdir folder empty; echo inner > folder/inner; \
        chmod 644 old; touch -d 2020-01-01 old
        """
    private static let describe = """
        cat old folder/inner; stat -c '%n %a %s %Y' old folder/inner; ls -A . folder /tmp /dev/shm
        """

    @Test(arguments: IsolationBackend.allCases)
    func `nothing can be changed`(backend: IsolationBackend) throws {
        let sandbox = try Launching.sandbox(backend: backend)
        try #require(sandbox.capture(.shell(Self.prepare)).outcome.exitCode == 0)
        let before = try sandbox.capture(.shell(Self.describe)).output
        let all = backend == .hostDirect ? Self.attempts : Self.attempts + Self.attributes
        for attempt in all {
            var command = SandboxCommand.shell(attempt.script)
            command.isReadOnly = true
            let captured = try sandbox.capture(command)
            #expect(captured.outcome.exitCode != 0, "\(attempt.name)")
            guard backend != .hostDirect else { continue }
            #expect(try sandbox.capture(.shell(Self.describe)).output == before, "\(attempt.name)")
        }
        // What fails there succeeds without, so that the attempts are some.
        for attempt in all {
            let other = try Launching.sandbox(backend: backend)
            _ = try other.capture(.shell(Self.prepare))
            let captured = try other.capture(.shell(attempt.script))
            #expect(captured.outcome.exitCode == 0, "\(attempt.name): \(captured.errors)")
        }
    }

    @Test(arguments: IsolationBackend.allCases)
    func `reading, streams and devices stay`(backend: IsolationBackend) throws {
        let sandbox = try Launching.sandbox(backend: backend)
        _ = try sandbox.capture(.shell(Self.prepare))
        var command = SandboxCommand.shell(
            "cat old; echo gone > /dev/null; echo error >&2; ls folder | cat")
        command.isReadOnly = true
        let captured = try sandbox.capture(command)
        #expect(captured.output == "content\ninner\n")
        #expect(captured.errors == "error\n")
        // The next command is not bound by what held for the last.
        #expect(try sandbox.capture(.shell("echo x > new")).outcome.exitCode == 0)
    }

    @Test func `children are bound as well`() throws {
        let sandbox = try Launching.sandbox()
        var command = SandboxCommand.shell(
            "setsid sh -c 'echo x > new' & wait; sh -c 'mkdir a'; ls -A")
        command.isReadOnly = true
        #expect(try sandbox.capture(command).output == "")
    }
}
