/// A command of a sandbox as bubblewrap runs it.
struct BubblewrapArguments: Equatable, Sendable {
    private(set) var arguments: [String]
    /// What bubblewrap reads from descriptors 3, 4 and so on.
    private(set) var attachments: [[UInt8]]

    private static let firstAttachment = 3

    init(
        draft: SandboxDraft, command: SandboxCommand, environment: [String: String],
        folder: String
    ) {
        let identity = String(SandboxIdentity.inside)
        arguments = [
            draft.bubblewrap ?? "bwrap", "--unshare-user", "--unshare-pid", "--unshare-net",
            "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--disable-userns",
            "--die-with-parent", "--new-session", "--uid", identity, "--gid", identity,
            "--hostname", "sandbox", "--cap-drop", "ALL",
        ]
        attachments = [draft.filter.list, draft.filter.exceptions]
        for index in attachments.indices {
            arguments += ["--add-seccomp-fd", String(Self.firstAttachment + index)]
        }
        for step in draft.view.steps { append(step, scratch: draft.scratch?.path) }
        if command.isReadOnly { forbidChanges(in: draft.view) }
        arguments += ["--remount-ro", "/", "--chdir", folder, "--clearenv"]
        // The variables are for the command: one that changes what a program loads must not reach
        // bubblewrap, which still has rights on the host.
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            arguments += ["--setenv", name, value]
        }
        arguments += ["--"] + command.arguments
    }

    /// What was mounted to be written to is mounted again, read-only.
    private mutating func forbidChanges(in view: SandboxView) {
        for step in view.steps {
            switch step.content {
            case .writable, .temporary: arguments += ["--remount-ro", step.path]
            case .folder, .readOnly, .link, .file, .proc, .device: continue
            }
        }
    }

    private mutating func append(_ step: ViewStep, scratch: String?) {
        switch step.content {
        case .folder(let mode):
            arguments += ["--perms", String(mode, radix: 8), "--dir", step.path]
        case .readOnly(let source):
            arguments += ["--ro-bind", source, step.path]
        case .writable(let source):
            arguments += ["--bind", source, step.path]
        case .temporary(let bytesMax, let mode):
            if let scratch, step.path == SandboxSpecification.WorkFolder.temporary.path {
                arguments += ["--bind", scratch, step.path]
            } else {
                arguments += [
                    "--size", String(bytesMax), "--perms", String(mode, radix: 8), "--tmpfs",
                    step.path,
                ]
            }
        case .link(let target):
            arguments += ["--symlink", target, step.path]
        case .file(let text):
            let number = String(Self.firstAttachment + attachments.count)
            attachments.append(Array(text.utf8))
            arguments += ["--perms", "0444", "--ro-bind-data", number, step.path]
        case .proc:
            arguments += ["--proc", step.path]
        case .device(let source):
            arguments += ["--dev-bind", source, step.path]
        }
    }
}
