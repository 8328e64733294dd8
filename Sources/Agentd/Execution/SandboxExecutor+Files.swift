internal import Audit
internal import Bytes
internal import GRPC
internal import Protos

/// Files by methods of their own, which are the capabilities' by another name.
extension SandboxExecutor {
    func readFile(
        _ request: Agentd_V1_ReadFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_ReadFileResponse {
        let entry = try admit(.fsRead, request.path, request.sandboxID, caller)
        defer { entry.end() }
        var response = Agentd_V1_ReadFileResponse()
        do throws(SandboxFiles.Failure) {
            let limit = request.limit == 0 ? Self.readBytesMax : Int(clamping: request.limit)
            let part = try SandboxFiles(entry.sandbox).read(
                request.path, offset: request.offset, limit: min(limit, Self.readBytesMax))
            response.success = true
            response.content = String(decoding: part.bytes, as: UTF8.self)
            response.sizeBytes = part.size
            response.truncated = part.goesOn
        } catch {
            response.error = ExecutionFault(error).message
        }
        return response
    }

    func writeFile(
        _ request: Agentd_V1_WriteFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_WriteFileResponse {
        let entry = try admit(.fsWrite, request.path, request.sandboxID, caller)
        defer { entry.end() }
        var response = Agentd_V1_WriteFileResponse()
        do throws(SandboxFiles.Failure) {
            let files = SandboxFiles(entry.sandbox)
            if request.createDirs { try files.makeFolders(above: request.path) }
            let bytes = Array(request.content.utf8)
            try files.write(request.path, bytes, request.append ? .append : .replace)
            response.success = true
            response.bytesWritten = UInt64(bytes.count)
        } catch {
            response.error = ExecutionFault(error).message
        }
        return response
    }

    func editFile(
        _ request: Agentd_V1_EditFileRequest, for caller: Caller
    ) throws(Status) -> Agentd_V1_EditFileResponse {
        let entry = try admit(.fsEdit, request.path, request.sandboxID, caller)
        defer { entry.end() }
        var response = Agentd_V1_EditFileResponse()
        do throws(SandboxFiles.Failure) {
            let count = try SandboxFiles(entry.sandbox).edit(
                request.path, Array(request.oldString.utf8), with: Array(request.newString.utf8),
                all: request.replaceAll)
            response.success = true
            response.replacementsMade = UInt32(clamping: count)
        } catch {
            response.error = ExecutionFault(error).message
        }
        return response
    }

    /// A response has one message, which must not be too long for its reader.
    private static let readBytesMax = 3 << 20

    /// The sandbox, in which something runs from now on.
    private func admit(
        _ capability: Capability, _ path: String, _ sandbox: String, _ caller: Caller
    ) throws(Status) -> SandboxEntry {
        guard !sandbox.isEmpty else {
            throw Status(.failedPrecondition, "no sandbox is named; call CreateSandbox")
        }
        let entry = try find(sandbox, caller)
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("path", path)
        writer.endObject()
        let params = String(decoding: writer.bytes, as: UTF8.self)
        let refusal = policy.refusal(
            capability.rawValue, paramsJSON: params, caller, sandbox: sandbox)
        if let refusal { throw Status(.permissionDenied, refusal) }
        guard entry.begin() else {
            throw Status(.failedPrecondition, "the sandbox '\(sandbox)' has ended")
        }
        do throws(AuditFault) {
            try caller.witness?.begins(in: entry.id)
        } catch {
            entry.end()
            throw Status(error)
        }
        return entry
    }
}
