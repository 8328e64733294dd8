internal import GRPC
internal import HTTP
internal import Protos

extension Status {
    private static let separator = ": "

    /// What kept something from being done, with a code of executions: before the sentence for
    /// whoever reads it, and as a google.rpc.ErrorInfo for programs.
    init(_ code: GRPCCode, _ reason: ExecutionCode, _ sentence: String) {
        var info = Google_Rpc_ErrorInfo()
        info.reason = reason.rawValue
        info.domain = "agentd"
        self.init(code, reason.rawValue + Self.separator + sentence, details: [info])
    }

    /// Takes apart what stands in the message of such a status.
    static func reason(in message: String) -> (code: ExecutionCode, sentence: String)? {
        guard let end = message.firstRange(of: separator),
            let code = ExecutionCode(rawValue: String(message[..<end.lowerBound]))
        else { return nil }
        return (code, String(message[end.upperBound...]))
    }

    /// Also for sandboxes of others, so that nobody is told of them.
    static func noSandbox(_ id: String) -> Status {
        Status(.notFound, "no sandbox is called '\(id)'")
    }
}
