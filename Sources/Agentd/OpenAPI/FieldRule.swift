internal import Bytes

/// What a field has to be beyond its type: of a request, what `RequestCheck` and sandboxes look at,
/// for the document.
struct FieldRule {
    let type: String
    let field: String
    var isRequired = false
    /// Of a text, in characters of Unicode.
    var lengths: ClosedRange<Int>?
    var pattern: String?
    var words: [String] = []
    /// Of a number.
    var most: Int64?
    /// Of the members of a list.
    var countMax: Int?

    private static let visible = "^[!-~]+$"
    /// The `type` of rules for the members of lists.
    static let items = "[]"

    /// The name of something.
    static let name = FieldRule(
        type: "", field: "", isRequired: true, lengths: 1...256, pattern: visible)

    private static let noZero = "^[^\\u0000]+$"
    private static let path = 1...RequestCheck.pathLengthMax
    private static let text = 1...RequestCheck.textLengthMax

    private static let codes = ExecutionCode.allCases.map(\.rawValue)

    private static let all: [FieldRule] = [
        FieldRule(
            type: "ExecuteRequest", field: "capability", isRequired: true, lengths: 1...256,
            pattern: visible),
        FieldRule(
            type: "ExecuteRequest", field: "request_id", lengths: 0...256, pattern: "^[!-~]*$"),
        FieldRule(
            type: "SandboxPreferences", field: "sandbox_id", lengths: 0...256,
            pattern: "^[!-~]*$"),
        FieldRule(
            type: "RequestMetadata", field: "idempotency_key", lengths: 0...256,
            pattern: "^[!-~]*$"),
        FieldRule(type: "RequestMetadata", field: "priority", most: 10),
        FieldRule(type: "ExecuteResponse", field: "code", words: codes),
        FieldRule(type: "ErrorDetails", field: "code", words: codes),
        FieldRule(
            type: "ListSandboxesRequest", field: "state_filter",
            words: ["", "Active", "Detached", "Suspended", "Terminated"]),
        FieldRule(
            type: "ListLabelledSandboxesRequest", field: "state_filter",
            words: ["", "Active", "Detached", "Suspended", "Terminated"]),
        FieldRule(
            type: "ListLabelledSandboxesRequest", field: "label",
            lengths: 0...RequestCheck.labelLengthMax),
        FieldRule(
            type: "CreateSandboxRequest", field: "profile", words: ["", "default", "strict"]),
        FieldRule(
            type: "CreateSandboxRequest", field: "workdir",
            lengths: 0...RequestCheck.hostPathLengthMax, pattern: "^(/[^\\u0000]*)?$"),
        FieldRule(
            type: items, field: "allowed_paths_ro", isRequired: true,
            lengths: 1...RequestCheck.hostPathLengthMax, pattern: "^/[^\\u0000]*$",
            countMax: RequestCheck.hostPathsMax),
        FieldRule(
            type: items, field: "allowed_paths_rw", isRequired: true,
            lengths: 1...RequestCheck.hostPathLengthMax, pattern: "^/[^\\u0000]*$",
            countMax: RequestCheck.hostPathsMax),
        FieldRule(type: "ListAuditRecordsRequest", field: "after", most: .max),
        FieldRule(
            type: "ListAuditRecordsRequest", field: "limit", most: Int64(AuditService.limitMax)),
        FieldRule(
            type: "ReadFileRequest", field: "path", isRequired: true, lengths: path,
            pattern: noZero),
        FieldRule(
            type: "WriteFileRequest", field: "path", isRequired: true, lengths: path,
            pattern: noZero),
        FieldRule(
            type: "EditFileRequest", field: "path", isRequired: true, lengths: path,
            pattern: noZero),
        FieldRule(
            type: "EditFileRequest", field: "old_string", isRequired: true, lengths: text),
    ]

    static func of(_ field: String, in type: String) -> FieldRule? {
        all.first { $0.field == field && $0.type == type }
    }

    /// - Parameter type: with or without its package.
    static func required(of type: String) -> [String] {
        let name = type.split(separator: ".").last.map(String.init) ?? type
        return all.filter { $0.type == name && $0.isRequired }.map(\.field)
    }

    func write(to writer: inout JSONWriter) {
        writer.key("type")
        writer.beginArray()
        writer.string(most == nil ? "string" : "integer")
        if !isRequired { writer.string("null") }
        writer.endArray()
        if let lengths {
            writer.number("minLength", lengths.lowerBound)
            writer.number("maxLength", lengths.upperBound)
        }
        if let pattern { writer.member("pattern", pattern) }
        if let most {
            writer.number("minimum", 0)
            writer.number("maximum", Int(most))
        }
        guard !words.isEmpty else { return }
        writer.key("enum")
        writer.beginArray()
        for word in words { writer.string(word) }
        if !isRequired { writer.null() }
        writer.endArray()
    }
}
