internal import GRPC
internal import Protos

/// `agentd.v1.Listing`: the caller's sandboxes with what was noted about them.
struct ListingService: Sendable {
    static let name = "agentd.v1.Listing"
    static let list = "/\(name)/ListLabelledSandboxes"

    private let executor: any CapabilityExecutor

    init(_ executor: any CapabilityExecutor) { self.executor = executor }

    var methods: [ServiceMethod] { [.unary(Self.list, listSandboxes)] }

    @Sendable private func listSandboxes(
        _ request: Agentd_V1_ListLabelledSandboxesRequest, _ call: Call
    ) throws(Status) -> Agentd_V1_ListLabelledSandboxesResponse {
        try RequestCheck.label(request.label)
        var plain = Agentd_V1_ListSandboxesRequest()
        plain.stateFilter = request.stateFilter
        try RequestCheck.list(plain)
        let caller = Caller(call.metadata)
        var response = Agentd_V1_ListLabelledSandboxesResponse()
        for summary in try executor.listSandboxes(plain, for: caller).sandboxes {
            let labels = executor.labels(of: summary.sandboxID, for: caller)
            guard Self.has(labels, request.label) else { continue }
            response.sandboxes.append(Agentd_V1_LabelledSandbox(summary, labels))
        }
        return response
    }

    /// - Parameter wanted: a name, or a name, `=` and a value.
    private static func has(_ labels: [String: String], _ wanted: String) -> Bool {
        guard !wanted.isEmpty else { return true }
        // A name may hold `=` itself.
        return labels.contains { name, value in wanted == name || wanted == "\(name)=\(value)" }
    }
}

extension Agentd_V1_LabelledSandbox {
    fileprivate init(_ summary: Agentd_V1_SandboxSummary, _ labels: [String: String]) {
        self.init()
        sandboxID = summary.sandboxID
        backend = summary.backend
        profile = summary.profile
        state = summary.state
        createdAtMs = summary.createdAtMs
        lastActiveAtMs = summary.lastActiveAtMs
        self.labels = labels
    }
}
