/// Everything that is known of one request: whose it was, what was executed because of it and
/// where, and which calls to the world that made, joined by request ids.
public struct AuditTrail: Sendable {
    /// One execution or file operation.
    public struct Execution: Sendable {
        public let id: String
        public internal(set) var entries: [AuditEntry] = []
        /// Calls that its sandbox made while it ran.
        public internal(set) var calls: [Call] = []

        /// The last thing that is known of it.
        public var last: AuditEntry? { entries.last }
        /// The first that is not empty.
        public func value(_ name: String) -> String {
            entries.lazy.map { $0[name] }.first { !$0.isEmpty } ?? ""
        }
    }

    public struct Call: Sendable {
        public let entry: AuditEntry
        /// The egress's own records of it.
        public internal(set) var egress: [LogObject] = []
    }

    public let requestID: String
    /// The gateway's records of the request.
    public private(set) var gateway: [LogObject] = []
    public private(set) var executions: [Execution] = []
    /// What else became of sandboxes by the request.
    public private(set) var sandboxes: [AuditEntry] = []

    /// - Parameters:
    ///   - requestID: of the client's request, as the gateway has it.
    ///   - log: the folder of the audit log.
    ///   - gatewayLog: the gateway's access log; nil leaves it out.
    ///   - egressLog: the egress's.
    public init(
        of requestID: String, log: String, gatewayLog: String? = nil, egressLog: String? = nil
    ) throws(AuditFault) {
        self.requestID = requestID
        var collected = Collected(requestID)
        try AuditReading(folder: log).forEach { collected.take($0) }
        executions = collected.executions
        sandboxes = collected.sandboxes
        if let gatewayLog {
            try Self.forEach(in: gatewayLog) { object in
                if object["request_id"] == requestID { gateway.append(object) }
            }
        }
        if let egressLog { try join(egressLog) }
    }

    public var isEmpty: Bool { gateway.isEmpty && executions.isEmpty && sandboxes.isEmpty }

    /// Whose request it was; empty when nobody says.
    public var keyID: String {
        let told = gateway.map { $0["key_id"] } + executions.map { $0.value("key_id") }
            + sandboxes.map { $0["key_id"] }
        return told.first { !$0.isEmpty } ?? ""
    }

    private mutating func join(_ egressLog: String) throws(AuditFault) {
        var records: [String: [LogObject]] = [:]
        for execution in executions {
            for call in execution.calls { records[call.entry["request_id"]] = [] }
        }
        records[""] = nil
        try Self.forEach(in: egressLog) { records[$0["request_id"]]?.append($0) }
        for index in executions.indices {
            for number in executions[index].calls.indices {
                let id = executions[index].calls[number].entry["request_id"]
                executions[index].calls[number].egress = records[id] ?? []
            }
        }
    }

    private static func forEach(
        in path: String, _ body: (LogObject) -> Void
    ) throws(AuditFault) {
        var reader = try AuditLineReader(path)
        while let line = try reader.next() {
            if let object = LogObject(line) { body(object) }
        }
    }

    private struct Collected {
        private let requestID: String
        private(set) var executions: [Execution] = []
        private(set) var sandboxes: [AuditEntry] = []

        init(_ requestID: String) { self.requestID = requestID }

        mutating func take(_ entry: AuditEntry) {
            switch AuditRecord.Kind(rawValue: entry["kind"]) {
            case .execution, .file:
                guard entry["request_id"] == requestID else { return }
                let id = entry["execution_id"]
                let index = executions.firstIndex { $0.id == id } ?? executions.count
                if index == executions.count { executions.append(Execution(id: id)) }
                executions[index].entries.append(entry)
            case .egress:
                let causes = entry.list("executions")
                for index in executions.indices where causes.contains(executions[index].id) {
                    executions[index].calls.append(Call(entry: entry))
                }
            case .sandbox:
                if entry["request_id"] == requestID { sandboxes.append(entry) }
            case .log, nil: return
            }
        }
    }
}
