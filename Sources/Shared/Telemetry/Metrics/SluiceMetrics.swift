/// What only Sluice counts: decisions, limits, authentication, bundles.
public struct SluiceMetrics: Sendable {
    /// What policy said.
    public enum Decision: Int, CaseIterable, Sendable {
        case allow, deny, error
    }

    /// Which limit refused.
    public enum Limit: Int, CaseIterable, Sendable {
        case process, address, key, sandbox
    }

    /// Why a credential was not accepted.
    public enum AuthenticationFailure: Int, CaseIterable, Sendable {
        case missing, ambiguous, unknown, disabled, expired, notYetValid
    }

    // Each in the order of its enum's raw values.
    private let decisions: [Counter]
    private let limits: [Counter]
    private let failures: [Counter]
    private let evaluation: Histogram
    private let covered: Counter
    private let reloads: Counter
    private let reloadFailures: Counter

    public init(_ registry: MetricRegistry) throws(MetricFault) {
        func counter(
            _ name: String, _ label: String, _ value: String, _ help: String
        ) throws(MetricFault) -> Counter {
            try registry.counter(
                "sluice_\(name)", help: help, labels: [MetricLabel(label, value)])
        }
        decisions = try Decision.allCases.map { value throws(MetricFault) in
            try counter("decisions_total", "result", "\(value)", "Policy decisions.")
        }
        limits = try Limit.allCases.map { value throws(MetricFault) in
            try counter("rate_limited_total", "limit", "\(value)", "Requests over a limit.")
        }
        failures = try AuthenticationFailure.allCases.map { value throws(MetricFault) in
            let help = "Requests whose credential was not accepted."
            return try counter("auth_failures_total", "reason", value.label, help)
        }
        evaluation = try registry.histogram(
            "sluice_policy_evaluation_seconds", help: "Time that policy decisions took.",
            bounds: .microscopicSeconds)
        covered = try registry.counter(
            "sluice_secrets_covered_total",
            help: "Credentials found in services' answers and covered.")
        let help = "Attempts to load a bundle."
        reloads = try counter("bundle_reloads_total", "result", "success", help)
        reloadFailures = try counter("bundle_reloads_total", "result", "failure", help)
    }

    /// Counts a decision.
    ///
    /// - Parameter nanoseconds: what its evaluation took; nil when an earlier one holds again.
    public func decided(_ decision: Decision, nanoseconds: UInt64?, _ shard: MetricShard) {
        shard.add(decisions[decision.rawValue])
        if let nanoseconds { shard.observe(evaluation, nanoseconds) }
    }

    public func rateLimited(_ limit: Limit, _ shard: MetricShard) {
        shard.add(limits[limit.rawValue])
    }

    public func authenticationFailed(_ reason: AuthenticationFailure, _ shard: MetricShard) {
        shard.add(failures[reason.rawValue])
    }

    /// Counts credentials that a service's answer held.
    public func secretsCovered(_ count: UInt64, _ shard: MetricShard) {
        shard.add(covered, count)
    }

    /// Counts an attempt to load a bundle; for the control thread.
    public func bundleReloaded(succeeded: Bool, _ shard: MetricShard) {
        shard.add(succeeded ? reloads : reloadFailures)
    }
}

extension SluiceMetrics.AuthenticationFailure {
    fileprivate var label: String {
        switch self {
        case .missing, .ambiguous, .unknown, .disabled, .expired: "\(self)"
        case .notYetValid: "not_yet_valid"
        }
    }
}
