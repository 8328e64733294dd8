internal import Bytes
internal import Rego

extension BundleSummary {
    /// The JSON text with its last line end.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("manifest")
        writeManifest(to: &writer)
        writer.key("signatures_config")
        signatures.root.write(to: &writer)
        writer.key("namespaces")
        writer.beginObject()
        for namespace in namespaces {
            var name = namespace.name
            name.withUTF8 { writer.key(UnsafeRawBufferPointer($0)) }
            writer.strings(namespace.files)
        }
        writer.endObject()
        if let annotations, !annotations.isEmpty {
            writer.key("annotations")
            writer.beginArray()
            for annotation in annotations { annotation.write(to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return IndentedJSON.format(writer.bytes) + [ASCII.lineFeed]
    }

    /// The tables for people, then the annotations.
    public var pretty: String {
        var text = ""
        let facts = manifestRows
        if !facts.isEmpty {
            text += "MANIFEST:\n" + Self.table(["FIELD", "VALUE"], facts)
        }
        let rows = namespaces.flatMap { space in space.files.map { [space.name, $0] } }
        if !rows.isEmpty {
            text += "NAMESPACES:\n" + Self.table(["NAMESPACE", "FILE"], rows)
        }
        if let annotations, !annotations.isEmpty {
            text += "ANNOTATIONS:\n" + annotations.map(\.text).joined()
        }
        return text
    }

    /// The members that are always there, then those that were written, as OPA orders them.
    private func writeManifest(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("revision")
        writer.string(revision)
        writer.key("roots")
        writer.strings(roots)
        for name: StaticString in ["rego_version", "file_rego_versions", "metadata"] {
            let value = manifest.root.member(name.description)
            guard value.isDefined, !value.isNull else { continue }
            writer.key(name)
            value.write(to: &writer)
        }
        writer.endObject()
    }

    private var manifestRows: [[String]] {
        var rows: [[String]] = []
        if let version = manifest.root.member("rego_version").int64 {
            rows.append(["Rego Version", "\(version)"])
        }
        if !revision.isEmpty { rows.append(["Revision", Self.short(revision)]) }
        rows += roots.sorted().filter { !$0.isEmpty }.map { ["Roots", $0] }
        let metadata = manifest.root.member("metadata")
        if metadata.isObject, metadata.object.count > 0 {
            rows.append(["Metadata", Self.short(String(decoding: metadata.json(), as: UTF8.self))])
        }
        return rows
    }

    /// What repeats in the first column is left out.
    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        var table = TextTable(header: header)
        var last = ""
        for row in rows {
            table.rows.append([row[0] == last ? "" : row[0]] + row.dropFirst())
            last = row[0]
        }
        return table.text
    }

    /// The beginning of a text that is longer than a column may be.
    private static func short(_ text: String) -> String {
        let charactersMax = 50
        return text.count < charactersMax ? text : text.prefix(charactersMax - 3) + "..."
    }
}
