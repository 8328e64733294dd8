internal import Rego

/// Which parts of the input a program can read: the others are not built.
struct PolicyInputNeeds: OptionSet, Sendable {
    let rawValue: UInt32

    static let headers = PolicyInputNeeds(rawValue: 1 << 0)
    static let source = PolicyInputNeeds(rawValue: 1 << 1)
    static let destination = PolicyInputNeeds(rawValue: 1 << 2)
    static let parsedPath = PolicyInputNeeds(rawValue: 1 << 3)
    static let parsedQuery = PolicyInputNeeds(rawValue: 1 << 4)
    static let body = PolicyInputNeeds(rawValue: 1 << 5)
    static let parsedBody = PolicyInputNeeds(rawValue: 1 << 6)
    static let version = PolicyInputNeeds(rawValue: 1 << 7)
    /// Of `request.http`, what is seldom read.
    static let details = PolicyInputNeeds(rawValue: 1 << 8)
    /// `request.http.id`, which no two requests share.
    static let identifier = PolicyInputNeeds(rawValue: 1 << 9)

    /// What makes it necessary to see content before deciding.
    static let content: PolicyInputNeeds = [.body, .parsedBody]

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ usage: InputUsage) {
        self = []
        let http = ["attributes", "request", "http"]
        add(.headers, usage, http + ["headers"])
        add(.source, usage, ["attributes", "source"])
        add(.source, usage, ["source_principal"])
        add(.destination, usage, ["attributes", "destination"])
        add(.parsedPath, usage, ["parsed_path"])
        add(.parsedQuery, usage, ["parsed_query"])
        add(.body, usage, http + ["body"])
        add(.body, usage, http + ["raw_body"])
        add(.parsedBody, usage, ["parsed_body"])
        add(.parsedBody, usage, ["truncated_body"])
        add(.version, usage, ["version"])
        add(.identifier, usage, http + ["id"])
        for name in ["host", "scheme", "protocol", "size"] {
            add(.details, usage, http + [name])
        }
    }

    private mutating func add(_ need: PolicyInputNeeds, _ usage: InputUsage, _ path: [String]) {
        if usage.reads(path) { insert(need) }
    }
}
