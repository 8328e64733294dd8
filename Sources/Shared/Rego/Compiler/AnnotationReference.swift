/// A `# METADATA` block and what it describes, as `opa inspect` lists them.
public struct AnnotationReference: Sendable {
    /// What is described, without `data`: a package, or a rule up to its first variable.
    public let path: String
    /// The same with `data`, as the JSON text of OPA's syntax tree.
    public let pathTree: [UInt8]
    /// The package it is in, without `data`.
    public let package: String
    /// The head's path when a rule is described.
    public let rule: String?
    public let scope: AnnotationScope
    /// Where that which is described begins.
    public let location: SourceLocation
    /// The annotation as a JSON object: short forms are spelt out, empty members left out.
    public let content: [UInt8]
}
