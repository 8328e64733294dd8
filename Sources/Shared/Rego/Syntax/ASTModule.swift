/// The version of the language a source is read as.
public enum RegoVersion: Sendable, Hashable {
    /// Before OPA 1.0: `if`, `contains`, `in` and `every` must be imported.
    case v0
    /// v0 with `import rego.v1`: both syntaxes must hold.
    case v0CompatibleWithV1
    /// OPA 1.0 and later.
    case v1
}

/// One source file after parsing.
public struct Module: Sendable {
    public var package: Package
    public var imports: [Import]
    public var rules: [Rule]
    public var annotations: [Annotation]
    public var comments: [Comment]
    /// The version it was read as, with its imports applied.
    public var version: RegoVersion
    /// The index of the source in the order it was given to the compiler.
    public var file: Int
    var features: ModuleFeatures = []
    /// What stands around operands of `and`, `or` and `not`, by the place of what is inside.
    var enclosures: [SourceLocation: Enclosure] = [:]
}

/// What a module's source mentions, so that passes can skip modules that do not.
struct ModuleFeatures: OptionSet, Sendable {
    let rawValue: UInt8

    /// The names `print` or `internal`: calls without a result.
    static let voidCalls = ModuleFeatures(rawValue: 1)
    static let templates = ModuleFeatures(rawValue: 2)
    /// The name `metadata`.
    static let metadata = ModuleFeatures(rawValue: 4)
    static let modifiers = ModuleFeatures(rawValue: 8)
    static let comprehensions = ModuleFeatures(rawValue: 16)
}

/// Braces or parentheses that do not show in the tree.
struct Enclosure: Sendable {
    var isBraces: Bool
    var location: SourceLocation
}

/// `package a.b`.
public struct Package: Sendable {
    public var location: SourceLocation
    /// `data` as a variable, then string operands.
    public var path: [Term]
}

/// `import a.b as c`.
public struct Import: Sendable {
    public var location: SourceLocation
    /// A ref whose head is `data`, `input`, `rego` or `future`.
    public var path: Term
    public var alias: Symbol?
}

/// A comment, without its `#`.
public struct Comment: Sendable {
    public var location: SourceLocation
    public var text: String
}

/// A `# METADATA` block.
public struct Annotation: Sendable {
    public var location: SourceLocation
    /// The YAML document of the block.
    public var text: String
    /// What it describes.
    public var scope: AnnotationScope
    /// It marks an entry point.
    public var isEntrypoint: Bool
    /// The members of the YAML document, as terms.
    public var content: [ObjectItem]
}

/// What a `# METADATA` block describes.
public enum AnnotationScope: Sendable, Hashable {
    case rule
    case document
    case package
    case subpackages
}
