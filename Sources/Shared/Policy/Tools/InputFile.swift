internal import Bytes

/// Input documents from files, JSON or YAML.
public enum InputFile {
    /// The path that a `file://` URL names; anything else is a path.
    public static func path(_ text: String) -> String {
        text.hasPrefix("file://") ? String(text.dropFirst("file://".count)) : text
    }

    /// The document as JSON. YAML is told by the file's name.
    public static func json(_ bytes: [UInt8], name: String) throws(PolicyQueryError) -> [UInt8] {
        guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { return bytes }
        do throws(YAMLError) {
            return try YAMLNode.json(bytes)
        } catch {
            throw .input(error.description)
        }
    }
}
