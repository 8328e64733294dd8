internal import Protos

/// What can be run in a sandbox.
enum Capability: String, CaseIterable {
    case shellExec = "shell.exec.v1"
    case fsRead = "fs.read.v1"
    case fsWrite = "fs.write.v1"
    case fsList = "fs.list.v1"
    case fsEdit = "fs.edit.v1"
    case httpFetch = "http.fetch.v1"
    case sqliteQuery = "sqlite.query.v1"

    /// Whether it works on a sandbox's files without a command of the client's.
    var needsFiles: Bool {
        switch self {
        case .shellExec, .httpFetch: false
        case .fsRead, .fsWrite, .fsList, .fsEdit, .sqliteQuery: true
        }
    }

    var writes: Bool { self == .fsWrite || self == .fsEdit }

    var info: Agentd_V1_CapabilityInfo {
        var info = Agentd_V1_CapabilityInfo()
        info.name = rawValue
        info.version = 1
        info.description_p = summary
        info.paramSchemaJson = schema
        info.supportsStreaming = self == .shellExec || self == .httpFetch
        info.tags = tags
        return info
    }

    private var tags: [String] {
        switch self {
        case .shellExec: ["shell", "exec"]
        case .fsRead, .fsWrite, .fsList, .fsEdit: ["fs"]
        case .httpFetch: ["http", "network"]
        case .sqliteQuery: ["sqlite", "query"]
        }
    }

    private var summary: String {
        switch self {
        case .shellExec: "Runs a command with /bin/sh, or a program with arguments."
        case .fsRead: "Reads a file, or a part of it."
        case .fsWrite: "Writes a file, or appends to it."
        case .fsList: "Lists a folder."
        case .fsEdit: "Replaces text in a file, exactly as it stands there."
        case .httpFetch: "Asks an external service, through the egress."
        case .sqliteQuery: "Asks a SQLite database, which stays as it is."
        }
    }

    /// JSON Schema of the parameters.
    private var schema: String {
        let parameters = ParameterRule.rules(of: self)
        let properties = parameters.map { "\"\($0.name)\":\($0.schema)" }
        let required = parameters.filter(\.isRequired).map { "\"\($0.name)\"" }
        return "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\","
            + "\"properties\":{\(properties.joined(separator: ","))},"
            + "\"required\":[\(required.joined(separator: ","))],\"additionalProperties\":false}"
    }
}
