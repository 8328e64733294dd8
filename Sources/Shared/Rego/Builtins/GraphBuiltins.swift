/// `graph.*` and `walk`.
enum GraphBuiltins {
    static let table: [BuiltinEntry] = [
        BuiltinEntry("graph.reachable", reachable),
        BuiltinEntry("graph.reachable_paths", reachablePaths),
        BuiltinEntry("walk", walk),
    ]

    private static let depthMax = 2_000

    /// Every node that can be reached.
    static func reachable(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let graph = try arguments.object(0)
        let initial = try arguments.elements(1, expected: "{array, set}")
        var reached = SetBuilder(context.arena)
        var seen = Set<ValueKey>()
        var queue = Array(initial)
        while let node = queue.popLast() {
            try context.spend(1)
            let edges = graph[node]
            guard edges.isDefined, seen.insert(ValueKey(node)).inserted else { continue }
            reached.insert(node)
            for neighbour in vertices(edges) { queue.append(neighbour) }
        }
        return reached.finish()
    }

    private static func vertices(_ value: Value) -> UnsafeBufferPointer<Value> {
        value.isSet ? value.set.buffer : value.array.buffer
    }

    static func reachablePaths(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        let graph = try arguments.object(0)
        let initial = try arguments.elements(1, expected: "{array, set}")
        var paths = SetBuilder(context.arena)
        for node in initial where graph[node].isDefined {
            let edges = vertices(graph[node])
            if edges.isEmpty { paths.insert(context.arena.array(node)) }
            for neighbour in edges {
                var path = [node]
                try extend(&path, by: neighbour, in: graph, &paths, context)
            }
        }
        return paths.finish()
    }

    /// Follows edges until a node is left, has none, or closes a cycle.
    private static func extend(
        _ path: inout [Value], by node: Value, in graph: ObjectView, _ paths: inout SetBuilder,
        _ context: BuiltinContext
    ) throws(BuiltinError) {
        try context.spend(1 + path.count)
        guard path.count < depthMax else { throw .failure("path too long") }
        let edges = graph[node]
        guard edges.isDefined else { return commit(path, &paths, context) }
        path.append(node)
        let next = vertices(edges)
        if next.isEmpty { commit(path, &paths, context) }
        for neighbour in next {
            if path.contains(neighbour) {
                commit(path, &paths, context)
            } else {
                try extend(&path, by: neighbour, in: graph, &paths, context)
            }
        }
        path.removeLast()
    }

    private static func commit(
        _ path: [Value], _ paths: inout SetBuilder, _ context: BuiltinContext
    ) {
        paths.insert(context.arena.array(count: path.count) { path[$0] })
    }

    /// Every `[path, value]` of a document, outside in.
    static func walk(
        _ context: BuiltinContext, _ arguments: BuiltinArguments
    ) throws(BuiltinError) -> Value {
        var results = ArrayBuilder(context.arena)
        var path: [Value] = []
        try visit(arguments[0], &path, &results, context)
        return results.finish()
    }

    private static func visit(
        _ value: Value, _ path: inout [Value], _ results: inout ArrayBuilder,
        _ context: BuiltinContext
    ) throws(BuiltinError) {
        try context.spend(1 + path.count)
        guard path.count < depthMax else { throw .failure("document nested too deep") }
        let steps = path
        let list = context.arena.array(count: steps.count) { steps[$0] }
        results.append(context.arena.array(list, value))
        switch value.kind {
        case .array:
            for (index, element) in value.array.buffer.enumerated() {
                path.append(context.arena.number(index))
                try visit(element, &path, &results, context)
                path.removeLast()
            }
        case .object:
            for index in 0..<value.object.count {
                path.append(value.object.key(at: index))
                try visit(value.object.value(at: index), &path, &results, context)
                path.removeLast()
            }
        case .set:
            for member in value.set.buffer {
                path.append(member)
                try visit(member, &path, &results, context)
                path.removeLast()
            }
        case .undefined, .null, .boolean, .number, .string:
            break
        }
    }
}
