/// What is wrong at one place of a log.
public struct AuditFinding: Sendable, Equatable, CustomStringConvertible {
    public enum Problem: Sendable, Equatable {
        /// Not of the form that lines have.
        case noLine
        /// The hash is not that of what the line says.
        case altered
        /// Lines before it are gone.
        case missing(count: UInt64)
        /// Its number was there before.
        case outOfOrder(expected: UInt64)
        /// Its number fits and its `prev` does not: it, or the line before it, was exchanged.
        case otherChain
        /// The file's name says another number than its first line.
        case otherFile
        /// The hash that was asked for is in no line.
        case unknownHash(String)
    }

    public let file: String
    /// From 1; 0 for the file, or the log, as a whole.
    public let line: Int
    /// The line's own number; 0 where it has none.
    public let sequence: UInt64
    public let problem: Problem

    /// For programs.
    public var code: String {
        switch problem {
        case .noLine: "no_line"
        case .altered: "altered"
        case .missing: "missing"
        case .outOfOrder: "out_of_order"
        case .otherChain: "other_chain"
        case .otherFile: "other_file"
        case .unknownHash: "unknown_hash"
        }
    }

    public var text: String {
        switch problem {
        case .noLine: "is no line of an audit log"
        case .altered: "was altered: its hash is not that of what it says"
        case .missing(let count): "lines are missing before it: \(count)"
        case .outOfOrder(let expected):
            "has number \(sequence) where \(expected) comes: it was inserted, repeated or moved"
        case .otherChain: "does not follow the line before it: one of the two was exchanged"
        case .otherFile: "is not the line that the file's name says it begins with"
        case .unknownHash(let hash): "no line has the hash \(hash): lines were removed at the end"
        }
    }

    public var description: String {
        line > 0 ? "\(file):\(line): \(text)" : "\(file): \(text)"
    }
}
