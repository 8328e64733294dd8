internal import Bytes
internal import Rego

/// An annotation, what it describes and where that is.
struct AnnotationSummary: Sendable {
    let reference: AnnotationReference
    let file: String
    /// The annotation's members.
    let content: FrozenData

    /// - Throws: never in practice: the content is JSON that the lister wrote.
    init(_ reference: AnnotationReference, file: String) throws(BundleError) {
        self.reference = reference
        self.file = file
        let parsed = reference.content.withUnsafeBytes { text in
            Result { () throws(JSONError) in try FrozenData.json(text) }
        }
        switch parsed {
        case .success(let content): self.content = content
        case .failure(let error):
            throw .data(path: file, reason: JSONPlace.describe(error, in: reference.content))
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("annotations")
        content.root.write(to: &writer)
        writer.key("location")
        writer.beginObject()
        writer.key("file")
        writer.string(file)
        writer.key("row")
        writer.integer(Int64(reference.location.row))
        writer.key("col")
        writer.integer(Int64(reference.location.column))
        writer.endObject()
        writer.key("path")
        reference.pathTree.withUnsafeBytes { writer.raw($0) }
        writer.endObject()
    }

    // MARK: text

    /// Longer titles are underlined, and longer lines of lists cut, at this many characters.
    private static let widthMax = 80

    /// The text for people, with an empty line after each part.
    var text: String {
        let title = trimmed(string("title"))
        let heading = title.isEmpty ? reference.path : title
        var lines = [heading, String(repeating: "=", count: min(heading.count, Self.widthMax)), ""]
        let description = string("description")
        if !description.isEmpty { lines += [description, ""] }
        lines.append("Package:  \(reference.package)")
        if let rule = reference.rule { lines.append("Rule:     \(rule)") }
        lines.append("Location: \(file):\(reference.location.row)")
        lines.append("Scope: \(reference.scope)")
        if content.root.member("entrypoint").boolean == true { lines.append("Entrypoint: true") }
        lines.append("")
        lines += list("Organizations", elements("organizations").map { ($0.text ?? "", "") }, "")
        lines += list("Authors", elements("authors").map { (author($0), "") }, "")
        lines += list("Schemas", elements("schemas").map(schema), ": ")
        lines += list("Related Resources", elements("related_resources").map(resource), " ")
        lines += list("Custom", custom, ": ")
        return lines.map { $0 + "\n" }.joined()
    }

    private func list(
        _ title: String, _ entries: [(key: String, value: String)], _ separator: String
    ) -> [String] {
        guard !entries.isEmpty else { return [] }
        let width = entries.map(\.key.count).max() ?? 0
        let lines = entries.map { entry in
            let key = String(entry.key.map { $0.isNewline ? " " : $0 })
            let gap = String(repeating: " ", count: width - key.count)
            let line = entry.value.isEmpty ? " \(key)" : " \(key)\(separator)\(gap)\(entry.value)"
            return line.count < Self.widthMax ? line : line.prefix(Self.widthMax - 3) + "..."
        }
        return ["\(title):"] + lines + [""]
    }

    private func string(_ name: String) -> String { content.root.member(name).text ?? "" }

    private func trimmed(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private func elements(_ name: String) -> [Value] {
        let list = content.root.member(name)
        return list.isArray ? Array(list.array.buffer) : []
    }

    private func author(_ value: Value) -> String {
        let (name, mail) = (value.member("name").text ?? "", value.member("email").text ?? "")
        let shownMail = mail.isEmpty ? "" : "<\(mail)>"
        return [name, shownMail].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func schema(_ value: Value) -> (key: String, value: String) {
        let schema = value.member("schema")
        let shown = schema.isArray ? words(schema) : json(value.member("definition"))
        return (words(value.member("path")), shown)
    }

    private func words(_ reference: Value) -> String {
        guard reference.isArray else { return "" }
        return reference.array.buffer.map { $0.member("value").text ?? "" }
            .joined(separator: ".")
    }

    private func resource(_ value: Value) -> (key: String, value: String) {
        (value.member("ref").text ?? "", value.member("description").text ?? "")
    }

    private var custom: [(key: String, value: String)] {
        let members = content.root.member("custom")
        guard members.isObject else { return [] }
        return (0..<members.object.count).map { position in
            (
                members.object.key(at: position).text ?? "",
                json(members.object.value(at: position))
            )
        }
    }

    private func json(_ value: Value) -> String { String(decoding: value.json(), as: UTF8.self) }
}
