/// A place in a YAML text, counted from 1. The column counts characters.
public struct YAMLMark: Sendable, Equatable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// A scalar as it was written; what it means is decided by who reads it.
public struct YAMLScalar: Sendable, Equatable {
    public let text: String
    /// Neither quoted nor a block scalar nor tagged `!`, so it may be a number, boolean or null.
    public let isPlain: Bool
    /// The explicit tag, `tag:yaml.org,2002:` shortened to `!!`.
    public let tag: String?
}

/// One key of a mapping with its value.
public struct YAMLPair: Sendable, Equatable {
    public let key: YAMLNode
    public let value: YAMLNode
}

/// A node of a YAML document with aliases resolved.
public struct YAMLNode: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLPair])
    }

    public let content: Content
    /// Where the node begins; for an alias, where the anchored node does.
    public let mark: YAMLMark
}

/// Why a YAML text was refused, and where.
public struct YAMLError: Error, Equatable, Sendable, CustomStringConvertible {
    public let mark: YAMLMark
    public let reason: String

    public var description: String { "yaml: line \(mark.line): \(reason)" }
}

/// The first document of a YAML stream.
public struct YAMLDocument: Sendable {
    /// Nil when the stream is empty.
    public let root: YAMLNode?
    /// Where a second document begins, if there is one.
    public let nextDocument: YAMLMark?
}
