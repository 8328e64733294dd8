/// Collects what the tracer must know of a program while it is planned.
final class TracePlanner {
    let options: TraceOptions
    private(set) var plan = TracePlan()
    /// What is planned is the query's own text.
    var isQuery = false
    private var documentOfNode: [Int: Int32] = [:]

    init(_ options: TraceOptions, originalNames: [Symbol: Symbol]) {
        self.options = options
        plan.originalNames = originalNames
    }

    func add(
        _ content: TraceNode.Content, at location: SourceLocation, index: Int = 0
    ) -> Int32 {
        plan.nodes.append(
            TraceNode(content: content, location: location, isQuery: isQuery, index: index))
        return Int32(plan.nodes.count - 1)
    }

    /// What is bound once the node has a solution.
    func note(variables: Int32, after node: Int32) {
        plan.nodes[Int(node)].variables = variables
    }

    func add(variables: [(name: Symbol, operand: Int32)]) -> Int32 {
        guard !variables.isEmpty else { return 0 }
        plan.variables.append(variables)
        return Int32(plan.variables.count - 1)
    }

    /// The number of the document that the rules of a tree's node define.
    func document(node: Int, path: [Symbol]) -> Int32 {
        if let known = documentOfNode[node] { return known }
        plan.documents.append(TraceDocument(path: path))
        let number = Int32(plan.documents.count - 1)
        documentOfNode[node] = number
        return number
    }

    func note(lookup: RuleLookup, of document: Int32) {
        plan.documents[Int(document)].lookup = lookup
    }
}
