internal import GRPC
internal import Protos
internal import Sandbox

/// What a command writes: sent on as it comes, or kept for the response.
struct CollectedOutput {
    private let bytesMax: Int
    private let writer: ExecutionOutput?
    private var output: [UInt8] = []
    private var errors: [UInt8] = []
    private var isTruncated = false

    /// - Parameter writer: where it is streamed to; nil keeps it.
    init(bytesMax: Int, writer: ExecutionOutput?) {
        self.bytesMax = bytesMax
        self.writer = writer
    }

    mutating func take(_ stream: SandboxExecution.Stream, _ bytes: UnsafeRawBufferPointer) {
        if let writer { return send(stream, bytes, to: writer) }
        let room = max(0, bytesMax - output.count - errors.count)
        if bytes.count > room { isTruncated = true }
        switch stream {
        case .output: output += bytes.prefix(room)
        case .errors: errors += bytes.prefix(room)
        }
    }

    /// A client that is gone has cancelled the call, which ends the command.
    private func send(
        _ stream: SandboxExecution.Stream, _ bytes: UnsafeRawBufferPointer,
        to writer: ExecutionOutput
    ) {
        var chunk = Agentd_V1_ExecuteOutput()
        switch stream {
        case .output: chunk.stdoutChunk = .init(bytes)
        case .errors: chunk.stderrChunk = .init(bytes)
        }
        do throws(Status) {
            try writer.write(chunk)
        } catch {
            return
        }
    }

    func write(to response: inout Agentd_V1_ExecuteResponse) {
        response.result.stdoutBytes = .init(output)
        response.result.stdout = String(decoding: output, as: UTF8.self)
        response.result.stderr = String(decoding: errors, as: UTF8.self)
        if isTruncated { response.result.outputJson = "{\"truncated\":true}" }
    }
}
