internal import Files
internal import Glibc
internal import IO
internal import Synchronization

/// The cgroups of one sandbox, removed with it.
final class ControlGroup: Sendable {
    /// Folder for each controller, and what could not be set.
    private let folders: [ControlGroupTree.Controller: ControlGroupTree.Place]
    let missing: [String]

    /// Makes what can be made below `tree`; what cannot is in `missing`, with the reason.
    init(name: String, limits: SandboxLimits, in tree: ControlGroupTree) {
        var folders: [ControlGroupTree.Controller: ControlGroupTree.Place] = [:]
        var missing: [String] = []
        for controller in ControlGroupTree.Controller.allCases {
            guard let place = tree.places[controller] else {
                missing.append("no cgroup controller \(controller.rawValue)")
                continue
            }
            let group = ControlGroupTree.Place(
                folder: "\(place.folder)/sluice/\(name)", isUnified: place.isUnified)
            do throws(SystemError) {
                try Self.make(group.folder, below: place)
                try Self.limit(controller, limits, in: group)
                folders[controller] = group
            } catch {
                missing.append("\(controller.rawValue): \(error.description)")
                rmdir(group.folder)
            }
        }
        self.folders = folders
        self.missing = missing
    }

    deinit { remove() }

    /// The files that a process with one thread joins the groups by, one for each group. In version
    /// 1 a thread that moves itself waits for nobody, where a process waits for all processors to
    /// have noticed, which takes milliseconds.
    func openMembers() throws(SystemError) -> [CInt] {
        var files: [CInt] = []
        let paths = folders.values.map { place in
            place.folder + (place.isUnified ? "/cgroup.procs" : "/tasks")
        }
        for path in Set(paths).sorted() {
            let file = open(path, O_WRONLY | O_CLOEXEC)
            guard file >= 0 else {
                let error = SystemError.last
                for file in files { close(file) }
                throw error
            }
            files.append(file)
        }
        return files
    }

    /// The most memory that was in use at a time, and what is now; nil where it is not counted.
    var memoryPeakBytes: UInt64? {
        number(.memory, unified: "memory.peak", legacy: "memory.max_usage_in_bytes")
    }

    var memoryBytes: UInt64? {
        number(.memory, unified: "memory.current", legacy: "memory.usage_in_bytes")
    }

    var processes: UInt64? { number(.pids, unified: "pids.current", legacy: "pids.current") }

    /// Groups whose last process has just ended stay busy for a moment.
    private func remove() {
        for folder in Set(folders.values.map(\.folder)) {
            for _ in 0..<100 where rmdir(folder) != 0 && errno == EBUSY { usleep(1000) }
        }
    }

    // MARK: making

    private static func make(
        _ folder: String, below place: ControlGroupTree.Place
    ) throws(SystemError) {
        let parent = place.folder + "/sluice"
        guard mkdir(parent, 0o755) == 0 || errno == EEXIST else { throw .last }
        if place.isUnified {
            try delegate(place.folder)
            try delegate(parent)
        }
        guard mkdir(folder, 0o755) == 0 else { throw .last }
    }

    /// Lets the groups below `folder` have limits. A group that has processes of its own cannot do
    /// that: those, which is this process, move to a group beside the sandboxes' first.
    private static func delegate(_ folder: String) throws(SystemError) {
        let file = folder + "/cgroup.subtree_control"
        guard !write("+memory +pids +cpu", to: file) else { return }
        guard errno == EBUSY else { throw .last }
        let daemon = folder + "/sluice-daemon"
        guard mkdir(daemon, 0o755) == 0 || errno == EEXIST,
            write("0", to: daemon + "/cgroup.procs"), write("+memory +pids +cpu", to: file)
        else { throw .last }
    }

    private static func limit(
        _ controller: ControlGroupTree.Controller, _ limits: SandboxLimits,
        in group: ControlGroupTree.Place
    ) throws(SystemError) {
        switch controller {
        case .memory:
            guard let bytes = limits.memoryBytesMax else { return }
            try set(bytes, group, unified: "memory.max", legacy: "memory.limit_in_bytes")
            // Without swap accounting there is no such file, and nothing to forbid.
            _ = group.isUnified
                ? write("0", to: group.folder + "/memory.swap.max")
                : write(String(bytes), to: group.folder + "/memory.memsw.limit_in_bytes")
        case .pids:
            guard let count = limits.processesMax else { return }
            let all = count &+ SandboxLimits.ownProcesses
            try set(all, group, unified: "pids.max", legacy: "pids.max")
        case .cpu:
            guard let percent = limits.processorPercentMax else { return }
            let quota = percent.multipliedReportingOverflow(by: 1000)
            guard !quota.overflow else { throw SystemError(ERANGE) }
            let text = group.isUnified ? "\(quota.partialValue) 100000" : "\(quota.partialValue)"
            let file = group.isUnified ? "cpu.max" : "cpu.cfs_quota_us"
            guard write(text, to: group.folder + "/" + file) else { throw .last }
        }
    }

    private static func set(
        _ value: UInt64, _ group: ControlGroupTree.Place, unified: String, legacy: String
    ) throws(SystemError) {
        let file = group.folder + "/" + (group.isUnified ? unified : legacy)
        guard write(String(value), to: file) else { throw .last }
    }

    /// Kernel files take a whole value with one write; errno tells why not.
    private static func write(_ text: String, to path: String) -> Bool {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        let count = Glibc.write(file, text, text.utf8.count)
        let code = errno
        close(file)
        errno = code
        return count == text.utf8.count
    }

    private func number(
        _ controller: ControlGroupTree.Controller, unified: String, legacy: String
    ) -> UInt64? {
        guard let group = folders[controller] else { return nil }
        let path = group.folder + "/" + (group.isUnified ? unified : legacy)
        guard let bytes = try? File.read(path, bytesMax: 64) else { return nil }
        return UInt64(String(decoding: bytes, as: UTF8.self).split(separator: "\n").first ?? "")
    }
}
