public import Rego

/// What policy says of one request, and the lines that made it say so: for people.
public struct DecisionExplanation: Sendable {
    /// Nil when policy says nothing, which denies.
    public let isAllowed: Bool?
    public let reasons: [String]
    /// The rate-limit tier that policy chose.
    public let tier: String?
    /// Of a denial the expressions that failed, of anything else the rules that hold: each with its
    /// file, row and column.
    public let lines: [String]

    /// - Parameters:
    ///   - entrypoint: the decision's path below `data`, as the configuration has it.
    ///   - input: JSON text.
    public init(
        of input: [UInt8], in bundle: Bundle, entrypoint: String, nowNanoseconds: Int64
    ) throws(BundleError) {
        let query = "data." + entrypoint.split(separator: "/").joined(separator: ".")
        var observation = PolicyQuery.Observation()
        observation.interests = .events
        observation.options.indexesRules = false
        let compiled = try PolicyQuery(query, in: bundle, observing: observation)
        do throws(PolicyQueryError) {
            let rows = try compiled.run(input: input, nowNanoseconds: nowNanoseconds)
            let answer = rows.first?.values.first ?? .undefined
            let said = answer.member("allowed")
            isAllowed =
                answer.isObject
                ? (said.isDefined ? said : answer.member("allow")).boolean : answer.boolean
            reasons = answer.member("deny_reasons").strings(atMost: .max)
            tier = answer.member("rate_limit_tier").text
        } catch {
            isAllowed = nil
            reasons = ["\(error)"]
            tier = nil
        }
        lines =
            isAllowed == true
            ? Self.rules(that: compiled.trace) : QueryReport.lines(of: compiled.failures)
    }

    /// Those that hold, in the order in which that was found, each once.
    private static func rules(that trace: Trace?) -> [String] {
        var told = Set<String>()
        var lines: [String] = []
        // What else has an end is the body of a `not` or of a comprehension.
        for event in trace?.events ?? []
        where event.operation == .exit && !event.isExpression && event.text.hasPrefix("data.") {
            guard told.insert(event.text).inserted else { continue }
            lines.append(QueryReport.place(event.file, event.location) + ": " + event.text)
        }
        return lines
    }
}
