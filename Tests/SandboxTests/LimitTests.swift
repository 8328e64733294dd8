internal import Files
@testable internal import Sandbox
internal import Testing

/// Limits hold, whatever a command tries.
struct LimitTests {
    @Test func `temporary files have a size`() throws {
        let sandbox = try Launching.sandbox { $0.limits.temporaryBytesMax = 4 << 20 }
        for folder in ["/tmp", "/dev/shm", "/workspace"] {
            let script = "head -c 5000000 /dev/zero > \(folder)/f; wc -c < \(folder)/f"
            let size = try sandbox.capture(.shell(script)).output
            #expect(size == "\(4 << 20)\n", "\(folder)")
        }
    }

    @Test func `a file has a length`() throws {
        let sandbox = try Launching.sandbox { $0.limits.fileBytesMax = 1 << 20 }
        let script = "head -c 2000000 /dev/zero > f; wc -c < f"
        #expect(try sandbox.capture(.shell(script)).output == "\(1 << 20)\n")
        var smaller = SandboxCommand.shell("head -c 2000000 /dev/zero > g; wc -c < g")
        smaller.fileBytesMax = 1000
        #expect(try sandbox.capture(smaller).output == "1000\n")
        smaller.fileBytesMax = 1 << 30
        #expect(try sandbox.capture(smaller).output == "\(1 << 20)\n")
    }

    @Test func `processes have a number`() throws {
        let sandbox = try Launching.sandbox { $0.limits.processesMax = 10 }
        let script = "for i in 1 2 3 4 5 6 7; do for j in 1 2 3; do sleep 100 & done; done"
        let result = try sandbox.capture(.shell(script))
        #expect(result.errors.contains("Cannot fork") || result.errors.contains("fork"))
        #expect(try sandbox.capture(SandboxCommand(["true"])).outcome.end == .exited(code: 0))
    }

    @Test func `memory has an end, and the sandbox survives it`() throws {
        let sandbox = try Launching.sandbox { $0.limits.memoryBytesMax = 64 << 20 }
        let script = "head -c 200000000 /dev/zero | tail -c 199999999 > /dev/null"
        #expect(try sandbox.capture(.shell(script)).outcome.end != .exited(code: 0))
        #expect(try sandbox.capture(SandboxCommand(["true"])).outcome.end == .exited(code: 0))
    }

    @Test func `processor time has an end`() throws {
        let sandbox = try Launching.sandbox { $0.limits.processorSecondsMax = 1 }
        let outcome = try sandbox.capture(.shell("while :; do :; done")).outcome
        #expect(outcome.exitCode == 137 || outcome.exitCode == 152)
        #expect(outcome.usage.processorUser + outcome.usage.processorSystem >= .milliseconds(500))
    }

    @Test func `open files have a number`() throws {
        let sandbox = try Launching.sandbox { $0.limits.openFilesMax = 40 }
        #expect(try sandbox.capture(.shell("ulimit -n; ulimit -Hn")).output == "40\n40\n")
    }

    @Test(arguments: [
        SandboxCommand([]), SandboxCommand(["a\0b"]),
        SandboxCommand([String](repeating: "x", count: 5000)),
        SandboxCommand(["echo", String(repeating: "x", count: 200_000)]),
    ])
    func `a command that does not fit is refused`(command: SandboxCommand) throws {
        let sandbox = try Launching.sandbox()
        #expect(throws: SandboxError.self) { try sandbox.start(command) }
    }
}
