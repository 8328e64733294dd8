public import Bytes

extension Trace {
    /// Writes the events as an array, as `opa eval --explain --format=json` has it.
    public func write(to json: inout JSONWriter) {
        json.beginArray()
        for event in events { write(event, to: &json) }
        json.endArray()
    }

    private func write(_ event: TraceEvent, to json: inout JSONWriter) {
        json.beginObject()
        json.key("Node")
        writeNode(event, to: &json)
        json.key("Location")
        Self.write(event.location, event.file, to: &json)
        json.key("Locals")
        write(event.variables, to: &json)
        json.key("LocalMetadata")
        json.beginObject()
        for variable in event.variables {
            Array(variable.name.utf8).withUnsafeBytes { json.key($0) }
            json.beginObject()
            json.key("name")
            json.string(variable.original)
            json.endObject()
        }
        json.endObject()
        json.key("Ref")
        if let document = event.document {
            json.append(SyntaxTreeWriter.json(reference(to: document), symbols: program.symbols))
        } else {
            json.null()
        }
        json.key("Op")
        json.string(event.operation.rawValue)
        json.key("Message")
        json.string(event.message)
        json.key("QueryID")
        json.integer(Int64(event.query))
        json.key("ParentID")
        json.integer(Int64(event.parent))
        json.endObject()
    }

    private func writeNode(_ event: TraceEvent, to json: inout JSONWriter) {
        guard event.operation != .note, let plan = program.tracePlan,
            plan.nodes.indices.contains(event.node)
        else { return json.null() }
        json.append(SyntaxTreeWriter.json(plan.nodes[event.node], symbols: program.symbols))
    }

    private func reference(to document: Int) -> [Term] {
        let names = program.tracePlan?.documents[document].path ?? []
        return [Term(.variable(.data), SourceLocation())]
            + names.map { Term(.string($0), SourceLocation()) }
    }

    private static func write(
        _ location: SourceLocation, _ file: String, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("file")
        json.string(file)
        json.key("row")
        json.integer(Int64(location.row))
        json.key("col")
        json.integer(Int64(location.column))
        json.endObject()
    }

    private func write(_ variables: [TraceEvent.Variable], to json: inout JSONWriter) {
        guard !variables.isEmpty else { return json.null() }
        json.beginArray()
        for variable in variables {
            json.beginObject()
            json.key("name")
            json.string(variable.name)
            json.key("type")
            json.string(variable.type)
            json.key("value")
            json.append(variable.json)
            json.endObject()
        }
        json.endArray()
    }
}

extension JSONWriter {
    /// JSON text as it is.
    fileprivate mutating func append(_ text: [UInt8]) {
        text.withUnsafeBytes { raw($0) }
    }
}
