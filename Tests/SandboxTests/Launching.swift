internal import Files
internal import Glibc
@testable internal import Sandbox

/// One launcher for all tests, as one serves a daemon.
enum Launching {
    private static let launcher = Result { () throws(SandboxError) in try SandboxLauncher() }

    static func sandbox(
        _ change: (inout SandboxSpecification) -> Void = { _ in },
        backend: IsolationBackend = .linuxNative
    ) throws -> Sandbox {
        var specification = SandboxSpecification()
        change(&specification)
        return try launcher.get().create(specification, backend: backend, allowHostDirect: true)
    }
}

/// What a command wrote, and how it ended.
struct Captured {
    var output = ""
    var errors = ""
    let outcome: SandboxOutcome
}

extension Sandbox {
    func capture(_ command: SandboxCommand, input: String) throws -> Captured {
        var command = command
        command.input = Array(input.utf8)
        return try capture(command)
    }

    func capture(_ command: SandboxCommand) throws -> Captured {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        let outcome = try run(command) { stream, bytes in
            switch stream {
            case .output: output += bytes
            case .errors: errors += bytes
            }
        }
        return Captured(
            output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self), outcome: outcome)
    }

    /// The processes of commands that the host has in the network of this sandbox.
    func livingCommands() throws -> Int {
        let network = HostPath.link("/proc/\(hostProcess)/ns/net")
        var count = 0
        for number in Launching.processes() where number != hostProcess {
            guard HostPath.link("/proc/\(number)/ns/net") == network else { continue }
            let name = try? File.read("/proc/\(number)/comm", bytesMax: 64)
            // The cell that waits, and those that have just ended, are Sluice's own.
            if let name, String(decoding: name, as: UTF8.self) != "sluice-cell\n" { count += 1 }
        }
        return count
    }
}

extension Launching {
    static func processes() -> [CInt] {
        HostPath.names(in: "/proc").compactMap { CInt($0) }
    }
}
