/// How a source is read.
public struct ParserOptions: Sendable {
    /// The version it is written in; a v0 source may opt in to v1 by `import rego.v1`.
    public var version: RegoVersion
    /// Allows `import future.keywords.and` and `.or`.
    public var allowsExperimentalKeywords: Bool
    /// The source is a query: its statements are bodies, never rules.
    public var isQuery: Bool
    /// Reads `# METADATA` blocks and refuses misplaced ones.
    public var processesAnnotations: Bool

    public init(
        version: RegoVersion = .v1, allowsExperimentalKeywords: Bool = false,
        isQuery: Bool = false, processesAnnotations: Bool = true
    ) {
        self.version = version
        self.allowsExperimentalKeywords = allowsExperimentalKeywords
        self.isQuery = isQuery
        self.processesAnnotations = processesAnnotations
    }

    /// What `import future.keywords` may name.
    var importableKeywords: KeywordSet {
        allowsExperimentalKeywords
            ? KeywordSet.v1.union(.not).union(.experimental) : KeywordSet.v1.union(.not)
    }
}
