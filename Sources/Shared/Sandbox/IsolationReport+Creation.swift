internal import CSandbox
internal import IO

extension IsolationReport {
    /// What a sandbox found while it was made.
    init(draft: SandboxDraft, group: ControlGroup, answer: CreateAnswer) {
        self.init(backend: draft.backend)
        for layer in [IsolationLayer.environment, .descriptors, .processEnd, .limits] {
            layers[layer] = .enforced
        }
        layers[.cgroups] = Self.cgroups(group, code: answer.layers[Self.index(.cgroups)])
        switch draft.backend {
        case .linuxNative: tell(answer)
        case .container: tellContainer()
        case .hostDirect:
            layers[.processEnd] = .degraded("without a PID namespace descendants are looked for")
        }
    }

    /// In the order of `csandbox_layer`.
    private static let inOrder: [IsolationLayer] = [
        .namespaces, .cgroupNamespace, .cgroups, .identity, .groups, .view, .proc, .capabilities,
        .noNewPrivileges, .landlock, .seccomp, .limits,
    ]

    private static func index(_ layer: IsolationLayer) -> Int {
        inOrder.firstIndex(of: layer) ?? 0
    }

    private mutating func tell(_ answer: CreateAnswer) {
        for (layer, code) in zip(Self.inOrder, answer.layers) where layer != .cgroups {
            layers[layer] = code == 0 ? .enforced : .unavailable(SystemError(code).description)
        }
        layers[.network] = layers[.namespaces]
        if answer.landlockVersion > 0, answer.landlockVersion < 6 {
            layers[.landlock] = .degraded(
                "version \(answer.landlockVersion) has no rules for signals and abstract sockets")
        }
        if layers[.groups] != .enforced {
            layers[.groups] = .degraded("the daemon's supplementary groups stay: it is not root")
        }
        if layers[.proc] != .enforced {
            layers[.proc] = .degraded("the kernel's own files in /proc are seen")
        }
    }

    /// bubblewrap ends with an error when one of these is refused: a command that ran had them.
    private mutating func tellContainer() {
        for layer in [
            IsolationLayer.namespaces, .network, .view, .capabilities, .noNewPrivileges, .seccomp,
            .groups, .cgroupNamespace, .identity,
        ] {
            layers[layer] = .enforced
        }
        layers[.landlock] = .unavailable("bubblewrap mounts after it, which Landlock forbids")
        layers[.proc] = .degraded("the kernel's own files in /proc are seen, read-only or masked")
        if layers[.cgroups] != .enforced {
            layers[.limits] = .degraded("nothing limits the number of processes")
        }
    }

    private static func cgroups(_ group: ControlGroup, code: CInt) -> LayerState {
        if code == 0, group.missing.isEmpty { return .enforced }
        if group.missing.count < ControlGroupTree.Controller.allCases.count {
            let refused = code == 0 ? [] : [SystemError(code).description]
            let reasons = group.missing + refused
            return .degraded(reasons.joined(separator: "; "))
        }
        return .unavailable(group.missing.joined(separator: "; "))
    }
}
