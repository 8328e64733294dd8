internal import CSandbox
internal import Glibc
internal import IO

/// Tries to break out of a sandbox, in every way that CSandbox's attempts know, and makes the same
/// attempts without one: a check that nobody can fail is none.
public struct SelfTest {
    private let launcher: SandboxLauncher
    private let backend: IsolationBackend
    private let targets: SelfTestTargets
    private let sandbox: Sandbox
    private let outside: Sandbox

    /// What the tested sandbox says of itself.
    public var report: IsolationReport { sandbox.report }

    /// The names of all attempts.
    public static var attempts: [String] {
        var names: [String] = []
        while let name = csandbox_attempt_name(CInt(names.count)) {
            names.append(String(cString: name))
        }
        return names
    }

    public init(
        launcher: SandboxLauncher, backend: IsolationBackend
    ) throws(SandboxError) {
        self.launcher = launcher
        self.backend = backend
        targets = try SelfTestTargets(launcher: launcher)
        sandbox = try launcher.create(
            Self.specification(folder: targets.sandboxFolder.path), backend: backend,
            allowHostDirect: true)
        var free = SandboxSpecification()
        free.limits.processorSecondsMax = nil
        free.limits.fileBytesMax = nil
        free.limits.memoryBytesMax = nil
        free.limits.openFilesMax = nil
        free.limits.processesMax = nil
        free.environment = [SelfTestTargets.variable: targets.canary]
        outside = try launcher.create(free, backend: .hostDirect, allowHostDirect: true)
    }

    /// Small limits: reaching them costs the machine little.
    private static func specification(folder: String) -> SandboxSpecification {
        var specification = SandboxSpecification()
        specification.readablePaths = ProgramImage.paths
        specification.writablePaths = [folder]
        specification.limits.memoryBytesMax = 128 << 20
        specification.limits.temporaryBytesMax = 32 << 20
        specification.limits.fileBytesMax = 16 << 20
        specification.limits.processesMax = 48
        specification.limits.commandTimeout = .seconds(20)
        return specification
    }

    /// Makes the attempts one after the other; `told` gets each result as it is known.
    public func run(told: (SelfTestResult) -> Void) throws(SandboxError) -> [SelfTestResult] {
        var results: [SelfTestResult] = []
        for name in Self.attempts {
            let inside = try attempt(name, in: sandbox, folder: targets.sandboxFolder.path)
            let control = try attempt(name, in: outside, folder: targets.controlFolder.path)
            let result = SelfTestResult(
                name: name, verdict: inside.verdict, layer: inside.layer, detail: inside.detail,
                control: control.verdict)
            told(result)
            results.append(result)
        }
        return results
    }

    private struct Attempt {
        var verdict: SelfTestResult.Verdict
        var layer: String
        var detail: String
    }

    private func attempt(
        _ name: String, in sandbox: Sandbox, folder: String
    ) throws(SandboxError) -> Attempt {
        let limits = self.sandbox.specification.limits
        var command = SandboxCommand(
            [ProgramImage.program, CSANDBOX_ATTEMPT_SWITCH, name, "folder=\(folder)"]
                + targets.arguments)
        command.arguments += [
            "memory=\((limits.memoryBytesMax ?? 0) + (64 << 20))",
            "processes=\((limits.processesMax ?? 0) + 16)",
            "disk=\(limits.temporaryBytesMax + (16 << 20))",
            "file-bytes=\(limits.fileBytesMax ?? 0)",
        ]
        var output: [UInt8] = []
        let outcome = try sandbox.run(command) { stream, bytes in
            if stream == .output { output += bytes }
        }
        var result = Self.read(String(decoding: output, as: UTF8.self), outcome)
        if name == "outlive" { lookForSurvivor(in: folder, &result) }
        if sandbox === self.sandbox { excuse(name, &result) }
        return result
    }

    /// What only one layer can stop, and the sandbox has said that it is without, is no news.
    private func excuse(_ name: String, _ result: inout Attempt) {
        let stoppedBy: [String: IsolationLayer] = [
            "memory-together": .cgroups, "fork-bomb": .limits,
        ]
        guard result.verdict == .escaped, let layer = stoppedBy[name],
            report[layer] != .enforced
        else { return }
        result = Attempt(verdict: .unavailable, layer: layer.rawValue, detail: "missing")
    }

    private static func read(_ text: String, _ outcome: SandboxOutcome) -> Attempt {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        if words.count == 3 {
            switch words[0] {
            case "escaped": return Attempt(verdict: .escaped, layer: "-", detail: "-")
            case "missing": return Attempt(verdict: .unavailable, layer: words[1], detail: words[2])
            default: return Attempt(verdict: .blocked, layer: words[1], detail: words[2])
            }
        }
        switch outcome.end {
        case .signalled(SIGSYS):
            return Attempt(verdict: .blocked, layer: "seccomp", detail: "SIGSYS")
        case .signalled(SIGKILL), .killed:
            return Attempt(verdict: .blocked, layer: "cgroups", detail: "SIGKILL")
        case .timedOut: return Attempt(verdict: .blocked, layer: "timeout", detail: "SIGKILL")
        case .signalled(let number):
            return Attempt(verdict: .unavailable, layer: "kernel", detail: "signal \(number)")
        case .exited(let code):
            return Attempt(verdict: .unavailable, layer: "-", detail: "exit \(code)")
        case .outputLimit: return Attempt(verdict: .blocked, layer: "limits", detail: "output")
        }
    }

    /// A process that lives on makes a file after 0.3 s.
    private func lookForSurvivor(in folder: String, _ result: inout Attempt) {
        usleep(600_000)
        guard access(folder + "/outlived", F_OK) == 0 else { return }
        result = Attempt(verdict: .escaped, layer: "-", detail: "-")
    }
}
