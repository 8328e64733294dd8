internal import CLinux
internal import CSandbox
internal import Files
internal import Glibc
internal import IO

/// What attempts try to reach on the host.
final class SelfTestTargets {
    /// Writable for the sandbox, and for the attempts without one.
    let sandboxFolder: ScratchFolder
    let controlFolder: ScratchFolder
    /// The targets as arguments of an attempt.
    let arguments: [String]

    /// What the daemon's environment and memory hold.
    static let variable = "SLUICE_SELF_TEST"
    let canary: String

    private let hostFolder: ScratchFolder
    private let victim: SandboxExecution
    private let host: Sandbox
    private let listeners: [CInt]
    private let segment: CInt

    init(launcher: SandboxLauncher) throws(SandboxError) {
        let canary = "canary-\(getpid())-\(Clock.monotonicNanoseconds)"
        sandboxFolder = try ScratchFolder(owner: .own)
        controlFolder = try ScratchFolder(owner: .own)
        hostFolder = try ScratchFolder(owner: .own)
        chmod(hostFolder.path, 0o755)
        let file = hostFolder.path + "/file"
        do throws(FileError) { try File.replace(file, with: Array(canary.utf8)) } catch {
            throw .invalid(error.description)
        }
        // Where a sandbox that inherits the daemon's environment would show it.
        setenv(Self.variable, canary, 1)
        self.canary = canary
        host = try launcher.create(
            SandboxSpecification(), backend: .hostDirect, allowHostDirect: true)
        var command = SandboxCommand(
            [ProgramImage.program, CSANDBOX_ATTEMPT_SWITCH, "victim", "canary=\(canary)"])
        command.environment[Self.variable] = canary
        victim = try host.start(command)
        let place = try Self.readPlace(victim)
        let socket = hostFolder.path + "/socket"
        let abstract = "sluice-\(canary)"
        let (tcp, port) = try Self.listenOnLoopback()
        listeners = [
            tcp, try Self.listen(unix: abstract, isAbstract: true),
            try Self.listen(unix: socket, isAbstract: false),
        ]
        segment = shmget(key_t(0), 4096, 0o1666)
        arguments = [
            "process=\(place.process)", "address=\(place.address)", "canary=\(canary)",
            "file=\(file)", "port=\(port)", "abstract=\(abstract)", "socket=\(socket)",
            "shared-memory=\(segment)",
        ]
    }

    deinit {
        for listener in listeners { close(listener) }
        shmctl(segment, IPC_RMID, nil)
        victim.kill()
    }

    /// The victim's number and where its canary lies, which it writes when it is ready.
    private static func readPlace(
        _ victim: SandboxExecution
    ) throws(SandboxError) -> (process: String, address: String) {
        var waiting = pollfd(fd: victim.output, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 10_000) == 1 else { throw .system(SystemError(ETIMEDOUT)) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(victim.output, &bytes, bytes.count)
        let words = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        guard words.count == 2 else { throw .invalid("the self-test's target did not start") }
        return (String(words[0]), String(words[1]))
    }

    private static func listenOnLoopback() throws(SandboxError) -> (CInt, UInt16) {
        do throws(SystemError) {
            let listener = try Socket.listen(on: SocketAddress(ipv4: 0x7f00_0001, port: 0))
            let port = Socket.localAddress(listener.raw)?.port ?? 0
            return (listener.release(), port)
        } catch {
            throw .system(error)
        }
    }

    private static func listen(unix name: String, isAbstract: Bool) throws(SandboxError) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let start = isAbstract ? 1 : 0
        let length = withUnsafeMutableBytes(of: &address.sun_path) { path in
            let count = min(name.utf8.count, path.count - start - 1)
            path[start..<(start + count)].copyBytes(from: name.utf8.prefix(count))
            return MemoryLayout<sa_family_t>.size + start + count
        }
        let listener = socket(AF_UNIX, CLINUX_SOCK_STREAM, 0)
        let bound = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(length))
            }
        }
        guard listener >= 0, bound == 0, Glibc.listen(listener, 16) == 0 else {
            let error = SystemError.last
            close(listener)
            throw .system(error)
        }
        if !isAbstract { chmod(name, 0o777) }
        return listener
    }
}
