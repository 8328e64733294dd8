internal import Audit
internal import GRPC
internal import Protos
internal import SwiftProtobuf

/// Has what another executor does recorded.
struct AuditingExecutor: ForwardingExecutor {
    let next: any CapabilityExecutor
    private let auditor: Auditor

    init(_ next: any CapabilityExecutor, _ auditor: Auditor) {
        self.next = next
        self.auditor = auditor
    }

    var health: Agentd_V1_HealthResponse {
        var health = next.health
        guard auditor.fault != nil else { return health }
        health.status = "degraded"
        health.details["reason"] = "the audit log cannot be written"
        return health
    }

    // MARK: executions

    func execute(
        _ request: Agentd_V1_ExecuteRequest, for caller: Caller, in call: Call,
        output: ExecutionOutput?
    ) throws(Status) -> Agentd_V1_ExecuteResponse {
        let capability = request.capability
        let witness = AuditWitness(
            auditor, caller, capability: capability,
            parameters: Array(request.paramsJson.utf8), path: Self.path(in: request))
        var caller = caller
        caller.witness = witness
        var response: Agentd_V1_ExecuteResponse
        do throws(Status) {
            response = try next.execute(request, for: caller, in: call, output: output)
        } catch {
            try refuse(witness, error, sandbox: request.sandboxPrefs.sandboxID)
        }
        do throws(AuditFault) {
            try tell(of: response, for: caller, witness)
            try witness.ends(
                response.decision, code: response.code, exitCode: response.exitCode,
                sandbox: request.sandboxPrefs.sandboxID)
        } catch {
            // What came of it is not told to somebody who could deny that it was done.
            response.clearResult()
            response.fail(ExecutionFault(error))
        }
        return response
    }

    /// A sandbox that was made for the execution.
    private func tell(
        of response: Agentd_V1_ExecuteResponse, for caller: Caller, _ witness: AuditWitness
    ) throws(AuditFault) {
        guard response.sandboxInfo.newlyCreated, !response.sandboxInfo.sandboxID.isEmpty else {
            return
        }
        var record = record(.created, response.sandboxInfo.sandboxID, caller)
        record.executionID = witness.executionID
        try auditor.write(record)
    }

    private static func path(in request: Agentd_V1_ExecuteRequest) -> String? {
        guard let capability = Capability(rawValue: request.capability), capability.isOfFiles,
            let parameters = try? Parameters(request.paramsJson, for: capability)
        else { return nil }
        return parameters.text("path")
    }

    // MARK: files

    func readFile(
        _ request: Agentd_V1_ReadFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ReadFileResponse {
        try file(.fsRead, request.path, request.sandboxID, request, caller) {
            caller throws(Status) in
            let response = try next.readFile(request, for: caller)
            return (response, response.success)
        }
    }

    func writeFile(
        _ request: Agentd_V1_WriteFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_WriteFileResponse {
        try file(.fsWrite, request.path, request.sandboxID, request, caller) {
            caller throws(Status) in
            let response = try next.writeFile(request, for: caller)
            return (response, response.success)
        }
    }

    func editFile(
        _ request: Agentd_V1_EditFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_EditFileResponse {
        try file(.fsEdit, request.path, request.sandboxID, request, caller) {
            caller throws(Status) in
            let response = try next.editFile(request, for: caller)
            return (response, response.success)
        }
    }

    private func file<Response>(
        _ capability: Capability, _ path: String, _ sandbox: String,
        _ request: some Message, _ caller: Caller,
        _ run: (Caller) throws(Status) -> (response: Response, success: Bool)
    ) throws(Status) -> Response {
        let witness = AuditWitness(
            auditor, caller, capability: capability.rawValue,
            parameters: (try? request.serializedBytes()) ?? [], path: path)
        var caller = caller
        caller.witness = witness
        let outcome: (response: Response, success: Bool)
        do throws(Status) {
            outcome = try run(caller)
        } catch {
            try refuse(witness, error, sandbox: sandbox)
        }
        let code = outcome.success ? ExecutionCode.ok : .fileError
        do throws(AuditFault) {
            try witness.ends(
                outcome.success ? .allowed : .failed, code: code.rawValue, sandbox: sandbox)
        } catch {
            throw Status(error)
        }
        return outcome.response
    }

    private func refuse(
        _ witness: AuditWitness, _ status: Status, sandbox: String
    ) throws(Status) -> Never {
        let decision: AuditRecord.Decision =
            status.code == .permissionDenied ? .denied : .failed
        do throws(AuditFault) {
            try witness.ends(decision, code: status.code.word.uppercased(), sandbox: sandbox)
        } catch {
            throw Status(error)
        }
        throw status
    }

    // MARK: sandboxes

    func createSandbox(
        _ request: Agentd_V1_CreateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_CreateSandboxResponse {
        try ready()
        let response = try next.createSandbox(request, for: caller)
        try record(.created, response.sandboxID, for: caller)
        return response
    }

    func attachSandbox(
        _ request: Agentd_V1_AttachSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_AttachSandboxResponse {
        try ready()
        let response = try next.attachSandbox(request, for: caller)
        if response.newlyCreated { try record(.created, response.sandboxID, for: caller) }
        try record(.attached, response.sandboxID, for: caller)
        return response
    }

    func terminateSandbox(
        _ request: Agentd_V1_TerminateSandboxRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_TerminateSandboxResponse {
        let response = try next.terminateSandbox(request, for: caller)
        if response.success { try record(.terminated, request.sandboxID, for: caller) }
        return response
    }

    /// Nothing is made that could not be recorded.
    private func ready() throws(Status) {
        if let fault = auditor.fault { throw Status(fault) }
    }

    private func record(
        _ event: AuditRecord.Event, _ sandbox: String, for caller: Caller
    ) throws(Status) {
        do throws(AuditFault) {
            try auditor.record(record(event, sandbox, caller))
        } catch {
            throw Status(error)
        }
    }

    private func record(
        _ event: AuditRecord.Event, _ sandbox: String, _ caller: Caller
    ) -> AuditRecord {
        var record = AuditRecord(.sandbox, event)
        record.requestID = caller.requestID
        record.keyID = caller.keyID
        record.sandboxID = sandbox
        return record
    }
}

extension Agentd_V1_ExecuteResponse {
    fileprivate var decision: AuditRecord.Decision {
        switch status {
        case .ok: .allowed
        case .denied: .denied
        default: hasResult ? .allowed : .failed
        }
    }

    /// Nil where no command ran.
    fileprivate var exitCode: Int32? { hasResult ? result.exitCode : nil }
}
