internal import GRPC
internal import Protos

/// What a request must be like whatever runs it: lengths, and characters.
enum RequestCheck {
    private static let nameBytesMax = 256
    /// In characters of Unicode, which have four bytes at most: the kernel takes 4096 bytes.
    static let pathLengthMax = 1023
    static let textLengthMax = 1 << 20
    /// In characters of Unicode: of a path of the host, and how many of them a list has.
    static let hostPathLengthMax = 1000
    static let hostPathsMax = 64
    private static let parameterBytesMax = 1 << 20
    private static let prioritiesMax: UInt32 = 10
    /// Of a map, each with a name and a value.
    static let entriesMax = 64
    /// In characters of Unicode.
    static let entryNameLengthMax = 128
    static let entryValueLengthMax = 1024
    /// Of a name, `=` and a value, which have to have room in a request's target.
    static let labelLengthMax = 512

    static func execution(_ request: Agentd_V1_ExecuteRequest) throws(Status) {
        try name(request.capability, "capability")
        try optional(request.requestID, "request_id")
        try optional(request.sandboxPrefs.sandboxID, "sandbox_prefs.sandbox_id")
        try optional(request.metadata.idempotencyKey, "metadata.idempotency_key")
        guard request.paramsJson.utf8.count <= parameterBytesMax else {
            throw invalid("params_json", "is longer than \(parameterBytesMax) bytes")
        }
        guard request.metadata.priority <= prioritiesMax else {
            throw invalid("metadata.priority", "is above \(prioritiesMax)")
        }
        try entries(request.metadata.custom, "metadata.custom")
    }

    static func list(_ request: Agentd_V1_ListSandboxesRequest) throws(Status) {
        let states = ["", "Active", "Detached", "Suspended", "Terminated"]
        guard states.contains(request.stateFilter) else {
            throw invalid(
                "state_filter", "is none of \(states.dropFirst().joined(separator: ", "))")
        }
    }

    static func label(_ label: String) throws(Status) {
        guard label.unicodeScalars.count <= labelLengthMax else {
            throw invalid("label", "is longer than \(labelLengthMax) characters")
        }
    }

    static func creation(_ request: Agentd_V1_CreateSandboxRequest) throws(Status) {
        try entries(request.labels, "labels")
        guard ["", "default", "strict"].contains(request.profile) else {
            throw invalid("profile", "is neither default nor strict")
        }
        if !request.workdir.isEmpty { try hostPath(request.workdir, "workdir") }
        for (paths, field) in [
            (request.allowedPathsRo, "allowed_paths_ro"),
            (request.allowedPathsRw, "allowed_paths_rw"),
        ] {
            guard paths.count <= hostPathsMax else {
                throw invalid(field, "has more than \(hostPathsMax) paths")
            }
            for path in paths { try hostPath(path, field) }
        }
    }

    private static func hostPath(_ path: String, _ field: String) throws(Status) {
        // By bytes: a mark that follows a slash makes one character with it.
        guard path.utf8.first == UInt8(ascii: "/"), path.unicodeScalars.count <= hostPathLengthMax,
            !path.utf8.contains(0)
        else {
            throw invalid(
                field, "has a path that does not begin with /, holds a NUL, or has more than "
                    + "\(hostPathLengthMax) characters")
        }
    }

    /// What clients note for themselves.
    private static func entries(_ map: [String: String], _ field: String) throws(Status) {
        guard map.count <= entriesMax else {
            throw invalid(field, "has more than \(entriesMax) entries")
        }
        for (name, value) in map {
            guard !name.isEmpty, name.unicodeScalars.count <= entryNameLengthMax,
                value.unicodeScalars.count <= entryValueLengthMax
            else {
                throw invalid(
                    field, "has a name without 1 to \(entryNameLengthMax) characters, or a value "
                        + "with more than \(entryValueLengthMax)")
            }
        }
    }

    static func sandbox(_ id: String) throws(Status) { try name(id, "sandbox_id") }

    static func path(_ path: String) throws(Status) {
        guard !path.isEmpty, path.unicodeScalars.count <= pathLengthMax, !path.utf8.contains(0)
        else {
            throw invalid("path", "is empty, too long, or holds a NUL")
        }
    }

    /// What an edit looks for.
    static func oldText(_ text: String) throws(Status) {
        guard !text.isEmpty, text.unicodeScalars.count <= textLengthMax else {
            throw invalid("old_string", "is empty or longer than \(textLengthMax) characters")
        }
    }

    /// INVALID_ARGUMENT, with the field for programs.
    static func invalid(_ field: String, _ complaint: String) -> Status {
        var violation = Google_Rpc_BadRequest.FieldViolation()
        violation.field = field
        violation.description_p = complaint
        var details = Google_Rpc_BadRequest()
        details.fieldViolations = [violation]
        return Status(.invalidArgument, "\(field) \(complaint)", details: [details])
    }

    private static func name(_ text: String, _ field: String) throws(Status) {
        guard !text.isEmpty else { throw invalid(field, "is missing") }
        try optional(text, field)
    }

    private static func optional(_ text: String, _ field: String) throws(Status) {
        let isClean = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard isClean, text.utf8.count <= nameBytesMax else {
            throw invalid(field, "is longer than \(nameBytesMax) bytes or holds a space or control")
        }
    }
}
