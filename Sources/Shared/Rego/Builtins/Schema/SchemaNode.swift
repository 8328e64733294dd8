/// A compiled JSON Schema of draft 4, 6 or 7: nodes that name each other by number, so that
/// recursive schemas are no reference cycles.
final class Schema {
    let nodes: [SchemaNode]

    init(nodes: [SchemaNode]) { self.nodes = nodes }

    /// The node for the whole document.
    static let root = 0
}

/// One schema object, unchanged once compiled. What is nil or empty constrains nothing.
final class SchemaNode {
    typealias Number = Int

    /// What `additionalProperties` and `additionalItems` say about the rest.
    enum Rest {
        case allowed, refused
        case matching(Number)
    }

    enum Items {
        case unconstrained
        case each(Number)
        case positions([Number])
    }

    enum Dependency {
        case properties([String])
        case matching(Number)
    }

    struct Pattern {
        let text: String
        let regex: Regex
    }

    /// A schema that is `true` or `false`.
    var verdict: Bool?
    /// The target of `$ref`, which stands for the whole schema.
    var reference: Number?

    var types: [String] = []
    var constant: [UInt8]?
    var enumeration: [[UInt8]]?
    var format: String?

    var multipleOf: SchemaNumber?
    var minimum: SchemaNumber?
    var maximum: SchemaNumber?
    var exclusiveMinimum: SchemaNumber?
    var exclusiveMaximum: SchemaNumber?

    var lengthMin: Int?
    var lengthMax: Int?
    var pattern: Pattern?

    var items = Items.unconstrained
    var additionalItems = Rest.allowed
    var itemsMin: Int?
    var itemsMax: Int?
    var uniqueItems = false
    var contains: Number?

    var properties: [(name: String, node: Number)] = []
    var patternProperties: [(pattern: Pattern, node: Number)] = []
    var additionalProperties = Rest.allowed
    var propertyNames: Number?
    var required: [String] = []
    var dependencies: [(name: String, dependency: Dependency)] = []
    var propertiesMin: Int?
    var propertiesMax: Int?

    var anyOf: [Number] = []
    var oneOf: [Number] = []
    var allOf: [Number] = []
    var not: Number?
    var condition: Number?
    var consequence: Number?
    var alternative: Number?
}

/// Which version's rules a schema is read by.
enum SchemaDraft: Int {
    case draft4 = 4
    case draft6 = 6
    case draft7 = 7
    /// A schema that names no version: everything of all three.
    case hybrid = 8

    /// The version that `$schema` names; hybrid for names nobody knows.
    init(url: String) {
        let name = url.hasSuffix("#") ? String(url.dropLast()) : url
        switch name {
        case "http://json-schema.org/draft-04/schema": self = .draft4
        case "http://json-schema.org/draft-06/schema": self = .draft6
        case "http://json-schema.org/draft-07/schema": self = .draft7
        default: self = .hybrid
        }
    }

    func isAtLeast(_ other: SchemaDraft) -> Bool { rawValue >= other.rawValue }
}
