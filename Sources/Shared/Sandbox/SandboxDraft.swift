internal import CSandbox
internal import Glibc
internal import IO

/// A sandbox before it is there: what its backend needs to be told.
struct SandboxDraft: Sendable {
    let specification: SandboxSpecification
    let backend: IsolationBackend
    let view: SandboxView
    let identity: SandboxIdentity
    let filter: SyscallFilter
    /// Stands for a work folder of its own where the view has no memory to keep one in.
    let scratch: ScratchFolder?
    let bubblewrap: String?

    init(
        specification: SandboxSpecification, backend: IsolationBackend, bubblewrap: String?,
        filter: SyscallFilter?
    ) throws(SandboxError) {
        guard let filter else { throw .invalid("no such profile") }
        if backend == .container, bubblewrap == nil {
            throw .unavailable("bubblewrap", SystemError(ENOENT))
        }
        self.specification = specification
        self.backend = backend
        self.bubblewrap = bubblewrap
        self.filter = filter
        view = try SandboxView(specification)
        switch backend {
        case .linuxNative: identity = .next()
        case .container: identity = .next()
        case .hostDirect: identity = .own
        }
        let needsFolder = backend != .linuxNative && specification.workFolder == .temporary
        scratch = needsFolder ? try ScratchFolder(owner: identity) : nil
    }

    /// Where commands start, as the commands see it.
    var workFolder: String {
        guard backend == .hostDirect else { return specification.workFolder.path }
        if case .kept(let path) = specification.workFolder { return path }
        return scratch?.path ?? specification.workFolder.path
    }

    private var flags: UInt32 {
        switch backend {
        case .linuxNative:
            let isolated = CSANDBOX_ISOLATED.rawValue
            return specification.profile == .strict
                ? isolated | CSANDBOX_TCP_PORT_ONLY.rawValue : isolated
        case .container:
            let plain = CSANDBOX_NO_NEW_PRIVILEGES.rawValue
            return geteuid() == 0 ? plain | CSANDBOX_MAP_OWNERS.rawValue : plain
        case .hostDirect: return 0
        }
    }

    /// What the init has to put in place: all that is seen, or what bubblewrap cannot give to
    /// another owner itself.
    private var steps: [ViewStep] {
        switch backend {
        case .linuxNative: return view.steps
        case .container where geteuid() == 0:
            return view.writableSources.map { ViewStep($0, .writable(source: $0)) }
        case .container, .hostDirect: return []
        }
    }

    /// What the launcher is told.
    func message() throws(SandboxError) -> MessageWriter {
        var create = csandbox_create()
        create.kind = CSANDBOX_CREATE.rawValue
        create.flags = flags
        create.uid = SandboxIdentity.inside
        create.gid = SandboxIdentity.inside
        create.host_uid = identity.hostUser
        create.host_gid = identity.hostGroup
        withUnsafeMutableBytes(of: &create.limits) { target in
            specification.limits.ofProcesses.withUnsafeBytes { target.copyMemory(from: $0) }
        }
        let isIsolated = backend == .linuxNative
        let steps = self.steps
        create.steps = UInt32(steps.count)
        if isIsolated {
            create.filter_bytes = (
                UInt32(filter.list.count), UInt32(filter.exceptions.count),
                UInt32(filter.unchanging.count)
            )
            if case .egress(let port, _) = specification.network { create.port = UInt32(port) }
        } else {
            disableProcessCount(in: &create)
        }
        var message = MessageWriter()
        message.append(create)
        if isIsolated {
            message.append(filter.list)
            message.append(filter.exceptions)
            message.append(filter.unchanging)
        }
        for step in steps { try Self.append(step, to: &message) }
        return message
    }

    /// Without a user namespace of its own the number would count every process of the user.
    private func disableProcessCount(in create: inout csandbox_create) {
        create.limits.3 = .max
    }

    private static func append(
        _ step: ViewStep, to message: inout MessageWriter
    ) throws(SandboxError) {
        var record = csandbox_step()
        var source = ""
        switch step.content {
        case .folder(let mode):
            record.kind = CSANDBOX_STEP_DIRECTORY.rawValue
            record.mode = mode
        case .readOnly(let path):
            record.kind = CSANDBOX_STEP_READ_ONLY.rawValue
            source = path
        case .writable(let path):
            record.kind = CSANDBOX_STEP_WRITABLE.rawValue
            source = path
        case .temporary(let bytesMax, let mode):
            record.kind = CSANDBOX_STEP_TEMPORARY.rawValue
            record.mode = mode
            record.bytes_max = bytesMax
        case .link(let target):
            record.kind = CSANDBOX_STEP_LINK.rawValue
            source = target
        case .file(let text):
            record.kind = CSANDBOX_STEP_FILE.rawValue
            record.mode = 0o444
            source = text
        case .proc:
            record.kind = CSANDBOX_STEP_PROC.rawValue
        case .device(let path):
            record.kind = CSANDBOX_STEP_DEVICE.rawValue
            source = path
        }
        message.append(record)
        try message.append(source)
        try message.append(step.path)
    }
}
