/// What a document violates, and how close it came.
struct SchemaResult {
    struct Issue {
        let type: StaticString
        /// Where in the document: `(root).a.0`.
        let context: String
        let text: String

        /// The place without the root's name, unless it is the root.
        var field: String {
            context.hasPrefix(Self.root + ".")
                ? String(context.dropFirst(Self.root.count + 1)) : context
        }

        static let root = "(root)"
    }

    private(set) var issues: [Issue] = []
    /// Counts what held; the best of several failing alternatives is the one reported.
    var score = 0

    var isValid: Bool { issues.isEmpty }

    mutating func add(_ type: StaticString, _ place: SchemaPath, _ text: String) {
        issues.append(Issue(type: type, context: place.text, text: text))
        score -= 2
    }

    mutating func add(_ type: StaticString, _ place: SchemaPath, _ text: StaticString) {
        add(type, place, "\(text)")
    }

    mutating func merge(_ other: SchemaResult) {
        issues += other.issues
        score += other.score
    }
}

/// A place in a document, made into text only when something is wrong there.
final class SchemaPath {
    enum Step {
        case root
        case name(String)
        case index(Int)
    }

    private let step: Step
    private let parent: SchemaPath?

    init(_ step: Step = .root, in parent: SchemaPath? = nil) {
        self.step = step
        self.parent = parent
    }

    func appending(_ step: Step) -> SchemaPath { SchemaPath(step, in: self) }

    var text: String {
        let own =
            switch step {
            case .root: SchemaResult.Issue.root
            case .name(let name): name
            case .index(let index): String(index)
            }
        return parent.map { $0.text + "." + own } ?? own
    }
}
