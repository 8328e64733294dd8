/// The paths of json.filter and json.remove as a tree; a leaf stands for everything below it.
final class PathTree {
    private var children: [ValueKey: PathTree] = [:]
    private(set) var isLeaf = false

    /// Paths of more steps than this are refused.
    static let stepsMax = 1_000

    subscript(step: Value) -> PathTree? { children[ValueKey(step)] }

    /// Adds a path. Below a leaf it says nothing new; an empty path is ignored.
    func insert(_ path: [Value]) {
        var node = self
        for (index, step) in path.enumerated() {
            if node.isLeaf { return }
            let child = node.children[ValueKey(step)] ?? PathTree()
            node.children[ValueKey(step)] = child
            if index == path.count - 1 {
                child.isLeaf = true
                child.children = [:]
            }
            node = child
        }
    }

    /// The value reduced to the paths of the tree.
    func filtering(_ value: Value, _ context: BuiltinContext) throws(BuiltinError) -> Value {
        if isLeaf { return value }
        switch value.kind {
        case .undefined, .null, .boolean, .number, .string:
            return value
        case .array:
            var builder = ArrayBuilder(context.arena)
            for (index, element) in value.array.buffer.enumerated() {
                try context.spend(1)
                guard let child = self[context.arena.string(String(index))] else { continue }
                builder.append(try child.filtering(element, context))
            }
            return builder.finish()
        case .set:
            var builder = SetBuilder(context.arena)
            for member in value.set.buffer {
                try context.spend(1)
                if let child = self[member] {
                    builder.insert(try child.filtering(member, context))
                }
            }
            return builder.finish()
        case .object:
            var builder = ObjectBuilder(context.arena)
            for index in 0..<value.object.count {
                try context.spend(1)
                let key = value.object.key(at: index)
                guard let child = self[key] else { continue }
                builder.set(key, try child.filtering(value.object.value(at: index), context))
            }
            return builder.finish()
        }
    }

    /// The value without the paths of the tree; undefined when nothing is left of it.
    func removing(from value: Value, _ context: BuiltinContext) throws(BuiltinError) -> Value {
        if isLeaf { return .undefined }
        switch value.kind {
        case .undefined, .null, .boolean, .number, .string:
            return value
        case .array:
            var builder = ArrayBuilder(context.arena)
            for (index, element) in value.array.buffer.enumerated() {
                let child = self[context.arena.string(String(index))]
                let rest = try Self.remove(child, from: element, context)
                if rest.isDefined { builder.append(rest) }
            }
            return builder.finish()
        case .set:
            var builder = SetBuilder(context.arena)
            for member in value.set.buffer {
                let rest = try Self.remove(self[member], from: member, context)
                if rest.isDefined { builder.insert(rest) }
            }
            return builder.finish()
        case .object:
            var builder = ObjectBuilder(context.arena)
            for index in 0..<value.object.count {
                let key = value.object.key(at: index)
                let rest = try Self.remove(
                    self[key], from: value.object.value(at: index), context)
                if rest.isDefined { builder.set(key, rest) }
            }
            return builder.finish()
        }
    }

    private static func remove(
        _ child: PathTree?, from value: Value, _ context: BuiltinContext
    ) throws(BuiltinError) -> Value {
        try context.spend(1)
        guard let child else { return value }
        return try child.removing(from: value, context)
    }
}
