internal import Bytes
internal import HTTP
internal import Transport

/// Opens calls: looks at a request's head, and says why there is no call for it.
struct Opening {
    enum Refusal: Error {
        /// What HTTP itself has a word for.
        case plain(status: Int, lines: String, text: StaticString)
        /// The same, for a request that came by a rule.
        case fault(status: Int, lines: String, word: String, text: String)
        case call(Status, Dialect, FaultForm, path: String)
    }

    private unowned(unsafe) let handler: GRPCHandler

    private var server: GRPCServer { handler.server }

    init(_ handler: GRPCHandler) { self.handler = handler }

    func refuse(_ refusal: Refusal, _ reply: Reply) {
        switch refusal {
        case .plain(let status, let lines, let text):
            reply.status = status
            reply.lines.append(text: lines)
            reply.lines.append("Content-Type: text/plain; charset=utf-8\r\n")
            reply.content.append(
                contentsOf: UnsafeBufferPointer(
                    start: text.utf8Start, count: text.utf8CodeUnitCount))
        case .fault(let status, let lines, let word, let text):
            reply.lines.append(text: lines)
            server.writeFault?(status, word, text, reply)
        case .call(let status, let dialect, let form, let path):
            handler.observer(path, status.code, 0)
            ResponseWriter.refuse(status, dialect, as: form, reply)
        }
    }

    func open(
        _ head: borrowing RequestHead, _ request: IncomingRequest
    ) throws(Refusal) -> OpenCall {
        let path = String(decoding: head.path.slice(of: request.bytes), as: UTF8.self)
        if server.methods[path] == nil, !server.rules.isEmpty, !head.isGRPC(in: request.bytes) {
            return try openByRule(head, request)
        }
        guard head.method == .post else {
            throw .plain(
                status: 405, lines: "Allow: POST\r\n",
                text: "gRPC's methods are called with POST.\n")
        }
        guard let dialect = Dialect(head, request.bytes) else {
            throw .plain(
                status: 415, lines: "Accept-Post: \(Self.types)\r\n",
                text: "Neither gRPC, gRPC-Web nor JSON.\n")
        }
        guard dialect != .grpc || head.version == .http2 else {
            throw .plain(status: 505, lines: "", text: "gRPC needs HTTP/2.\n")
        }
        do throws(Status) {
            return try open(head, request, path, dialect, nil)
        } catch {
            throw .call(error, dialect, .status, path: path)
        }
    }

    private static let types =
        "application/grpc, application/grpc-web, application/grpc-web-text, application/json"

    // MARK: by a rule

    private func openByRule(
        _ head: borrowing RequestHead, _ request: IncomingRequest
    ) throws(Refusal) -> OpenCall {
        let form = server.writeFault.map { FaultForm.other($0) } ?? .status
        let match: RuleMatch
        do throws(RuleMatch.Failure) {
            match = try RuleMatch(server.rules, head, request.bytes)
        } catch {
            switch error {
            case .noRule:
                let status = Status(.notFound, "There is no such resource.")
                throw .call(status, .json, form, path: "")
            case .otherMethods(let methods):
                let allowed = methods.map(\.rawValue) + (methods.contains(.get) ? ["HEAD"] : [])
                throw .fault(
                    status: 405, lines: "Allow: \(allowed.joined(separator: ", "))\r\n",
                    word: "method_not_allowed", text: "This resource does not take this method.")
            case .refused(let status): throw .call(status, .json, form, path: "")
            }
        }
        let saysType = match.rule.hasContent && head.fields.first(.contentType) != nil
        guard !saysType || Dialect(head, request.bytes)?.isJSON == true else {
            throw .fault(
                status: 415, lines: "Accept-Post: application/json\r\n",
                word: "unsupported_media_type", text: "The content is to be JSON.")
        }
        let dialect = match.isStream ? Dialect.events : .json
        do throws(Status) {
            return try open(head, request, match.target, dialect, match)
        } catch {
            throw .call(error, dialect, form, path: match.target)
        }
    }

    // MARK: any way

    private func open(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ path: String,
        _ dialect: Dialect, _ match: RuleMatch?
    ) throws(Status) -> OpenCall {
        guard let method = server.methods[path] else {
            throw Status(.notServed, "no method is called \(path)")
        }
        let metadata = try Metadata(head, request.bytes)
        if !method.isOpen { try server.admit(metadata, request.peer) }
        guard handler.calls.count < server.limits.callsMax else {
            throw Status(.resourceExhausted, "too many calls at a time")
        }
        guard !dialect.isJSON || !method.isClientStreaming else {
            throw Status(.notServed, "JSON cannot carry a client's stream")
        }
        let isCompressed = try Self.isCompressed(head, request.bytes)
        let timeout = head.grpcTimeoutNanoseconds(in: request.bytes)
        let call = Call(
            path: path, metadata: metadata, peer: request.peer,
            deadline: timeout.map { request.now &+ min($0, UInt64.max >> 2) },
            exchange: request.exchange, mailbox: handler.mailbox)
        let open = OpenCall(
            call, method, dialect, compresses: isCompressed && dialect == .grpc,
            faultForm: match == nil
                ? .status : server.writeFault.map { FaultForm.other($0) } ?? .status,
            acceptsGzip: head.acceptsGzip(in: request.bytes), started: request.now,
            content: RequestContent(
                dialect, method.codec, bytesMax: server.limits.messageBytesMax,
                isCompressible: isCompressed, rule: match))
        if method.isClientStreaming, case .blocking(let body) = method.body {
            try handler.run(body, call)
        }
        return open
    }

    private static func isCompressed(
        _ head: borrowing RequestHead, _ bytes: UnsafeRawBufferPointer
    ) throws(Status) -> Bool {
        guard let field = head.fields.first(.grpcEncoding) else { return false }
        let value = field.valueRange.slice(of: bytes)
        if value.elementsEqual("identity".utf8) { return false }
        guard value.elementsEqual("gzip".utf8) else {
            throw Status(.notServed, "messages may be gzip, and not compressed otherwise")
        }
        return true
    }
}
