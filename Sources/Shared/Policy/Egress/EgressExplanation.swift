internal import Bytes
internal import Rego

/// What the egress would do with a call, and why: for people.
public struct EgressExplanation: Sendable {
    /// A call as a sandbox would make it.
    public struct Call: Sendable {
        public let sandbox: String
        /// A name of `egress_services`.
        public let service: String
        public let method: String
        /// In its normal form, without the query.
        public let path: String

        public init(sandbox: String, service: String, method: String, path: String) {
            self.sandbox = sandbox
            self.service = service
            self.method = method
            self.path = path
        }
    }

    /// One thing that the decision depends on, and whether it speaks for the call.
    public struct Step: Sendable, Equatable {
        public let text: String
        public let holds: Bool
    }

    public let steps: [Step]
    public let decision: DecisionExplanation
    /// Such as `60 requests a minute (egress_policies.standard.rate_limits.default)`.
    public let limit: String?
    /// The service, when there is one of that name.
    public let service: EgressService?

    /// - Parameter entrypoint: the decision's path below `data`, as the configuration has it.
    public init(
        of call: Call, in bundle: Bundle, entrypoint: String, nowNanoseconds: Int64
    ) throws(BundleError) {
        let data = try EgressData(bundle.data)
        let service = data.services.first { $0.name == call.service }
        let tier = data.tier(ofSandbox: call.sandbox)
        self.service = service
        steps = Self.steps(call, service, tier, bundle.data.root, data)
        limit = Self.limit(call, tier, bundle.data.root)
        decision = try DecisionExplanation(
            of: Self.input(call), in: bundle, entrypoint: entrypoint,
            nowNanoseconds: nowNanoseconds)
    }

    /// What the egress shows policy of such a call.
    private static func input(_ call: Call) -> [UInt8] {
        ExplainedInput(
            method: call.method, path: call.path, host: call.service,
            [("context", "egress"), ("sandbox_id", call.sandbox), ("service", call.service)]
        ).bytes
    }

    // MARK: the data that the shipped policy goes by

    private static func steps(
        _ call: Call, _ service: EgressService?, _ tier: String, _ root: Value, _ data: EgressData
    ) -> [Step] {
        var steps: [Step] = []
        let registered = root.member("sandbox_policies").member(call.sandbox).isDefined
        steps.append(
            Step(
                text: registered
                    ? "sandbox_policies gives the sandbox the tier '\(tier)'"
                    : "sandbox_policies does not know the sandbox: its tier is '\(tier)'",
                holds: registered))
        guard let service else {
            return steps + [Step(text: "egress_services has no such service", holds: false)]
        }
        steps.append(
            Step(text: "egress_services.\(service.name) leads to \(service.origin)", holds: true))
        let allowed = root.member("egress_policies").member(tier).member("allowed_services")
        let names = allowed.array.buffer.compactMap(\.text)
        let name = names.first { $0 == service.name || $0 == "*" }
        steps.append(
            Step(
                text: "egress_policies.\(tier).allowed_services "
                    + (name.map { "has '\($0)'" } ?? "does not have it"),
                holds: name != nil))
        steps.append(
            Step(
                text: "egress_services.\(service.name).allowed_methods "
                    + (service.methods.contains(call.method) ? "has" : "does not have")
                    + " \(call.method)",
                holds: service.methods.contains(call.method)))
        steps.append(path(call, service))
        return steps
    }

    private static func path(_ call: Call, _ service: EgressService) -> Step {
        let place = "egress_services.\(service.name).allowed_paths"
        guard let paths = service.paths else {
            return Step(text: "\(place) is not there: every path is allowed", holds: true)
        }
        for pattern in paths where matches(call.path, pattern) {
            return Step(text: "\(place) has '\(pattern)'", holds: true)
        }
        return Step(text: "\(place) has nothing that matches \(call.path)", holds: false)
    }

    private static func matches(_ path: String, _ pattern: String) -> Bool {
        do throws(Glob.Malformed) {
            let glob = try Glob(
                Array(pattern.utf8).span, separators: [UInt32(UInt8(ascii: "/"))])
            return glob.matches(Array(path.utf8).span)
        } catch {
            return false
        }
    }

    private static func limit(_ call: Call, _ tier: String, _ root: Value) -> String? {
        let limits = root.member("egress_policies").member(tier).member("rate_limits")
        for name in [call.service, EgressTier.anyService] {
            guard let rate = limits.member(name).member("requests_per_minute").int64 else {
                continue
            }
            let amount = rate == -1 ? "unlimited" : "\(rate) requests a minute"
            return "\(amount) (egress_policies.\(tier).rate_limits.\(name))"
        }
        return nil
    }
}

extension ServiceOrigin: CustomStringConvertible {
    public var description: String {
        "\(isTLS ? "https" : "http")://\(authority)\(pathPrefix)"
    }
}
