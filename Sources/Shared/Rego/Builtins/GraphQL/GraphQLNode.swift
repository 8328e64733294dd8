/// A node of a GraphQL document as it is built: an object with gqlparser's field names.
///
/// Empty lists and absent parts are left out, as OPA leaves them out of its answers. The position
/// stays inside until `GraphQLTree.withoutPositions` takes it away.
struct GraphQLNode {
    private let arena: Arena
    private var builder: ObjectBuilder

    init(_ arena: Arena, at token: GraphQLToken? = nil) {
        self.arena = arena
        builder = ObjectBuilder(arena)
        guard let token else { return }
        builder.set(
            "Position", arena.array(arena.number(token.line), arena.number(token.column)))
    }

    mutating func set(_ name: StaticString, _ text: String) {
        builder.set(name, arena.string(text))
    }

    mutating func set(_ name: StaticString, _ flag: Bool) { builder.set(name, Value(flag)) }

    mutating func set(_ name: StaticString, _ number: Int) {
        builder.set(name, arena.number(number))
    }

    mutating func set(_ name: StaticString, _ value: Value) {
        if value.isDefined { builder.set(name, value) }
    }

    mutating func set(_ name: StaticString, _ list: [Value]) {
        if !list.isEmpty { builder.set(name, arena.array(count: list.count) { list[$0] }) }
    }

    mutating func set(_ name: StaticString, _ list: [String]) {
        set(name, list.map { arena.string($0) })
    }

    mutating func finish() -> Value { builder.finish() }
}

/// Reading nodes.
enum GraphQLTree {
    /// The node without the positions in it, and without what became empty.
    static func withoutPositions(_ value: Value, _ arena: Arena) -> Value {
        switch value.kind {
        case .array:
            let array = value.array
            return arena.array(count: array.count) { withoutPositions(array[$0], arena) }
        case .object:
            var builder = ObjectBuilder(arena, capacity: value.object.count)
            for index in 0..<value.object.count {
                let key = value.object.key(at: index)
                if key.isString("Position") { continue }
                builder.set(key, withoutPositions(value.object.value(at: index), arena))
            }
            return builder.finish()
        default:
            return value
        }
    }
}

extension Value {
    /// A part of a GraphQL node.
    func part(_ name: StaticString) -> Value { object[name] }

    /// A text of a GraphQL node; empty when it is not there.
    func text(_ name: StaticString) -> String { object[name].string ?? "" }

    /// A list of a GraphQL node; empty when it is not there.
    func list(_ name: StaticString) -> UnsafeBufferPointer<Value> { object[name].array.buffer }

    /// The element of the list whose `Name` this is, or undefined.
    func named(_ name: String, in list: StaticString) -> Value {
        self.list(list).first { $0.text("Name") == name } ?? .undefined
    }

    /// The named type inside lists.
    var innermostType: String {
        var type = self
        while type.part("Elem").isObject { type = type.part("Elem") }
        return type.text("NamedType")
    }

    /// A type as GraphQL writes it: `[Int!]!`.
    var typeText: String {
        let element = part("Elem")
        let inner = element.isObject ? "[\(element.typeText)]" : text("NamedType")
        return inner + (part("NonNull").isTrue ? "!" : "")
    }

    /// A fault at this node.
    func fault(_ text: String) -> GraphQLFault {
        let position = part("Position").array
        return GraphQLFault(
            text: text, line: Int(position[0].int64 ?? 0), column: Int(position[1].int64 ?? 0))
    }
}
