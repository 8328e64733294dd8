internal import ArgumentParser
internal import Policy
internal import Rego

/// What `sluice policy eval` tells beside the result.
struct PolicyExplainOptions: ParsableArguments {
    /// The values of `--explain`.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case off, full, notes, fails, debug

        var filter: TraceFilter { TraceFilter(rawValue: rawValue) ?? .off }
    }

    @Option(name: .long, help: "Show the evaluation: off, full, notes, fails or debug.")
    var explain = Mode.off

    @Flag(name: .long, help: "Show values of variables in a pretty explanation.")
    var varValues = false

    @Flag(name: .long, help: "Show the fewest expressions because of which a decision denies.")
    var why = false

    @Flag(name: .long, help: "Report which lines were evaluated.")
    var coverage = false

    @Flag(name: .long, help: "Report how often and how long expressions were evaluated.")
    var profile = false

    @Option(name: .long, help: "The most lines of a profile; 0 for all.")
    var profileLimit: Int?

    @Option(
        name: .long, parsing: .singleValue,
        help: """
            Sort a profile by total_time_ns, num_eval, num_redo, num_gen_expr, file or line. \
            Repeatable.
            """)
    var profileSort: [String] = []

    @Flag(name: .long, help: "Report how long the stages took.")
    var metrics = false

    @Flag(name: .long, help: "Report how long the stages took (for opa's users).")
    var instrument = false

    @Flag(name: .long, help: "Enter every rule, also those that cannot hold.")
    var disableIndexing = false

    func validate() throws {
        if why, explain != .off || coverage || measuresTime {
            throw ValidationError("--why goes with neither --explain, --coverage nor --profile")
        }
        if let limit = profileLimit, limit < 0 {
            throw ValidationError("--profile-limit: '\(limit)' is less than 0")
        }
        _ = try criteria()
    }

    private var measuresTime: Bool { profile || profileLimit != nil || !profileSort.isEmpty }

    private func criteria() throws -> [Profile.Criterion] {
        try profileSort.flatMap { $0.split(separator: ",") }.map { name in
            guard let criterion = Profile.Criterion(rawValue: String(name)) else {
                let known = Profile.Criterion.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--profile-sort: '\(name)' is none of \(known)")
            }
            return criterion
        }
    }

    /// What is to be followed during the evaluation.
    var observation: PolicyQuery.Observation {
        var observation = PolicyQuery.Observation()
        if explain != .off { observation.interests.formUnion([.events, .variables]) }
        if why { observation.interests.insert(.events) }
        if coverage { observation.interests.insert(.counts) }
        if measuresTime { observation.interests.insert(.times) }
        observation.options.indexesRules = !why && !disableIndexing
        return observation
    }

    /// What was asked for, of an evaluation that is over.
    func report(_ query: PolicyQuery, load: QueryTimings) throws -> QueryReport {
        var report = QueryReport()
        if explain != .off { report.trace = query.trace.map { explain.filter.apply(to: $0) } }
        report.showsVariables = varValues
        if metrics || instrument || measuresTime { report.timings = query.timings.merging(load) }
        if coverage { report.coverage = query.coverage }
        if measuresTime {
            let limit = profileLimit ?? 10
            report.profile = query.profile(
                by: try criteria(), countMax: limit > 0 ? limit : nil)
        }
        if why { report.failures = query.failures }
        return report
    }
}
