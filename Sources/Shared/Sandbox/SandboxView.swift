internal import Glibc
internal import IO

/// What a sandbox sees of files: the same steps for every backend that has a view.
struct SandboxView: Equatable, Sendable {
    /// Parents come before what is in them.
    let steps: [ViewStep]

    /// What of the host can be changed.
    var writableSources: [String] {
        steps.compactMap { step in
            if case .writable(let source) = step.content { source } else { nil }
        }
    }

    /// Where files are, by the highest folder of each.
    var readable: [String] {
        steps.compactMap { step in
            switch step.content {
            case .readOnly, .writable, .temporary, .file, .proc: step.path
            case .folder, .link, .device: nil
            }
        }
    }

    /// Where files can be changed and made.
    var writable: [String] {
        steps.compactMap { step in
            switch step.content {
            case .writable, .temporary: step.path
            case .folder, .readOnly, .link, .file, .proc, .device: nil
            }
        }
    }

    /// What programs need of the system besides `/usr`; whatever holds secrets is left out.
    private static let systemFiles = [
        "/etc/alternatives", "/etc/bash.bashrc", "/etc/ca-certificates",
        "/etc/ca-certificates.conf",
        "/etc/fonts", "/etc/inputrc", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
        "/etc/localtime", "/etc/magic", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/os-release",
        "/etc/profile", "/etc/protocols", "/etc/services", "/etc/ssl/certs", "/etc/ssl/openssl.cnf",
        "/etc/terminfo", "/etc/timezone",
    ]
    private static let systemFolders = [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
    ]
    private static let devices = ["null", "zero", "full", "random", "urandom"]

    init(_ specification: SandboxSpecification) throws(SandboxError) {
        var steps = Self.systemFolders.compactMap(Self.systemStep)
        steps += Self.systemFiles.compactMap(Self.systemStep)
        steps += Self.accountFiles(workFolder: specification.workFolder.path)
        steps += Self.devices.map { ViewStep("/dev/\($0)", .device(source: "/dev/\($0)")) }
        steps += [
            ViewStep("/dev/fd", .link(to: "/proc/self/fd")),
            ViewStep("/dev/stdin", .link(to: "/proc/self/fd/0")),
            ViewStep("/dev/stdout", .link(to: "/proc/self/fd/1")),
            ViewStep("/dev/stderr", .link(to: "/proc/self/fd/2")),
            ViewStep("/proc", .proc),
        ]
        let temporary = specification.limits.temporaryBytesMax
        for path in ["/tmp", "/dev/shm"] {
            steps.append(ViewStep(path, .temporary(bytesMax: temporary, mode: 0o1777)))
        }
        if specification.workFolder == .temporary {
            steps.append(ViewStep("/workspace", .temporary(bytesMax: temporary, mode: 0o755)))
        }
        if case .kept(let path) = specification.workFolder {
            guard let source = HostPath.resolved(path) else {
                throw .unavailable(path, SystemError(ENOENT))
            }
            steps.append(
                ViewStep(specification.workFolder.path, .writable(source: source)))
        }
        let named = try Self.hostSteps(specification)
        // Who names a folder gets what is in it, not our pieces of it.
        steps.removeAll { step in
            named.contains { step.path == $0.path || step.path.hasPrefix($0.path + "/") }
        }
        steps += named
        if case .egress(_, let socket?) = specification.network {
            guard let source = HostPath.resolved(socket) else {
                throw .unavailable(socket, SystemError(ENOENT))
            }
            steps.append(
                ViewStep(SandboxSpecification.egressSocketPath, .readOnly(source: source)))
        }
        self.steps = Self.ordered(steps)
        guard self.steps.count <= 256 else { throw .invalid("more than 256 pieces of a view") }
    }

    /// A part of the system that is there, links as links.
    private static func systemStep(_ path: String) -> ViewStep? {
        guard let status = HostPath.status(path) else { return nil }
        if status.st_mode & S_IFMT == S_IFLNK {
            return HostPath.link(path).map { ViewStep(path, .link(to: $0)) }
        }
        return ViewStep(path, .readOnly(source: path))
    }

    private static func hostSteps(
        _ specification: SandboxSpecification
    ) throws(SandboxError) -> [ViewStep] {
        var steps: [ViewStep] = []
        for path in specification.readablePaths {
            steps.append(try hostStep(path, writable: false, specification.hostFolders))
        }
        var writable = specification.writablePaths
        if case .host(let path) = specification.workFolder { writable.append(path) }
        for path in writable {
            steps.append(try hostStep(path, writable: true, specification.hostFolders))
        }
        return steps
    }

    private static func hostStep(
        _ path: String, writable: Bool, _ folders: HostFolders?
    ) throws(SandboxError) -> ViewStep {
        let clean = try HostPath.checked(path)
        let found = HostPath.resolved(clean)
        if var folders {
            // Every sandbox has these.
            folders.readable += systemFolders
            guard folders.allow(clean, leadingTo: found ?? clean, writable: writable) else {
                throw .notAllowed(path, writable: writable)
            }
        }
        guard let found else { throw .invalid("\(path): there is nothing") }
        // A link must not lead to what could not have been named.
        let source = try HostPath.checked(found)
        return ViewStep(clean, writable ? .writable(source: source) : .readOnly(source: source))
    }

    private static func accountFiles(workFolder: String) -> [ViewStep] {
        let uid = SandboxIdentity.inside
        return [
            ViewStep(
                "/etc/passwd",
                .file(
                    text: """
                        root:x:0:0:root:/nonexistent:/usr/sbin/nologin
                        sandbox:x:\(uid):\(uid):sandbox:\(workFolder):/bin/sh
                        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n
                        """)),
            ViewStep(
                "/etc/group",
                .file(text: "root:x:0:\nsandbox:x:\(uid):\nnogroup:x:65534:\n")),
            ViewStep("/etc/hosts", .file(text: "127.0.0.1 localhost sandbox\n::1 localhost\n")),
            ViewStep("/etc/hostname", .file(text: "sandbox\n")),
        ]
    }

    /// Sorted by path, component by component; of several for one path the last.
    private static func ordered(_ steps: [ViewStep]) -> [ViewStep] {
        var last: [String: ViewStep] = [:]
        for step in steps { last[step.path] = step }
        return last.values.sorted { left, right in
            left.path.utf8.split(separator: UInt8(ascii: "/")).lexicographicallyPrecedes(
                right.path.utf8.split(separator: UInt8(ascii: "/"))
            ) { $0.lexicographicallyPrecedes($1) }
        }
    }
}
