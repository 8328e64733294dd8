internal import Bytes
internal import HTTP
internal import Transport

/// Writes a call's messages and its status as its client understands them.
struct ResponseWriter {
    // A worker outlives its handlers.
    private unowned(unsafe) let worker: Worker

    init(_ worker: Worker) { self.worker = worker }

    /// Sends a message. False when the client is behind.
    func write(_ message: [UInt8], _ open: OpenCall) throws(Status) -> Bool {
        open.messagesSent &+= 1
        guard open.method.isServerStreaming || open.messagesSent == 1 else {
            throw Status(.internal, "more than one message from a method that sends one")
        }
        if open.dialect.isJSON {
            let json = try open.method.codec.response(message)
            guard open.method.isServerStreaming else {
                open.single = json
                return true
            }
            begin(open)
            return send(Self.element(json, open), open)
        }
        begin(open)
        let frame =
            open.compresses ? MessageFrame.makeCompressed(message) : MessageFrame.make(message)
        return send(frame, open)
    }

    /// Ends the response; nil is OK.
    func end(_ open: OpenCall, _ status: Status?, trailing: Metadata) {
        switch open.dialect {
        case .grpc: endWithTrailers(open, status, trailing)
        case .web, .webText: endWeb(open, status, trailing)
        case .json, .events:
            if open.method.isServerStreaming, open.hasBegun || status == nil {
                begin(open)
                _ = send(Self.end(of: open, status), open)
                finish(open)
            } else {
                worker.responder.answer(open.call.exchange) { Self.answer(open, status, $0) }
            }
        }
    }

    /// Makes `reply` the answer to a call that was not begun.
    static func refuse(
        _ status: Status, _ dialect: Dialect, as form: FaultForm, _ reply: Reply
    ) {
        reply.content.removeAll(keepingCapacity: true)
        if case .other(let write) = form {
            return write(status.code.httpStatus, status.code.word, status.message, reply)
        }
        guard dialect.isJSON else {
            reply.status = 200
            reply.lines.append(dialect.contentType)
            append(status, to: &reply.lines)
            return
        }
        reply.status = status.code.httpStatus
        reply.lines.append("Content-Type: application/json\r\n")
        append(status, to: &reply.lines)
        reply.content.append(contentsOf: json(status))
    }

    // MARK: gRPC

    private func endWithTrailers(_ open: OpenCall, _ status: Status?, _ trailing: Metadata) {
        let lines = Self.lines(status, trailing)
        if open.hasBegun {
            lines.withUnsafeBytes {
                worker.responder.finish(open.call.exchange, trailers: $0)
            }
        } else {
            let head = Self.head(open) + lines
            head.withUnsafeBytes {
                worker.responder.finish(open.call.exchange, status: 200, lines: $0)
            }
        }
    }

    private func endWeb(_ open: OpenCall, _ status: Status?, _ trailing: Metadata) {
        begin(open)
        _ = send(
            MessageFrame.make(Self.lines(status, trailing), flags: MessageFrame.trailersFlag),
            open)
        finish(open)
    }

    private func begin(_ open: OpenCall) {
        guard !open.hasBegun else { return }
        open.hasBegun = true
        Self.head(open).withUnsafeBytes {
            worker.responder.begin(open.call.exchange, status: 200, lines: $0)
        }
    }

    private func send(_ bytes: [UInt8], _ open: OpenCall) -> Bool {
        let bytes = open.dialect == .webText ? Base64.standard.encode(bytes.span) : bytes
        return bytes.withUnsafeBytes { worker.responder.send(open.call.exchange, $0) }
    }

    private func finish(_ open: OpenCall) {
        worker.responder.finish(
            open.call.exchange, trailers: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    private static func head(_ open: OpenCall) -> [UInt8] {
        var lines = Array("\(open.dialect.contentType)".utf8)
        if open.dialect == .grpc { lines += Array("grpc-accept-encoding: identity,gzip\r\n".utf8) }
        if open.compresses { lines += Array("grpc-encoding: gzip\r\n".utf8) }
        open.initial.write(to: &lines)
        return lines
    }

    private static func lines(_ status: Status?, _ trailing: Metadata) -> [UInt8] {
        var lines = [UInt8](unsafeUninitializedCapacity: Reply.linesBytesMax) { memory, count in
            var line = LineBuilder(memory)
            append(status ?? Status(.ok, ""), to: &line)
            count = line.isOverflowed ? 0 : line.count
        }
        trailing.write(to: &lines)
        return lines
    }

    private static func append(_ status: Status, to lines: inout LineBuilder) {
        lines.append(grpcStatus: status.code, message: status.message)
        let isShort = status.details.count <= detailsBytesMax
        if !status.details.isEmpty, isShort { lines.append(grpcDetails: status.details) }
    }

    /// More than clients take of heads is not sent.
    private static let detailsBytesMax = 6 << 10

    // MARK: JSON

    private static func answer(_ open: OpenCall, _ status: Status?, _ reply: Reply) {
        guard status == nil, let single = open.single else {
            let none = Status(.internal, "the method has sent no message")
            return refuse(status ?? none, open.dialect, as: open.faultForm, reply)
        }
        reply.lines.append("Content-Type: application/json\r\n")
        reply.content.append(contentsOf: single)
        reply.compress(ifAccepted: open.acceptsGzip)
    }

    private static func element(_ json: [UInt8], _ open: OpenCall) -> [UInt8] {
        guard open.dialect == .json else {
            return Array("data: ".utf8) + json + Array("\n\n".utf8)
        }
        return Array((open.messagesSent == 1 ? "[" : ",").utf8) + json
    }

    private static func end(of open: OpenCall, _ status: Status?) -> [UInt8] {
        guard open.dialect == .json else {
            guard let status else { return [] }
            return Array("event: error\ndata: ".utf8) + json(status) + Array("\n\n".utf8)
        }
        var end = Array((open.messagesSent == 0 ? "[" : "").utf8)
        if let status {
            end += Array((open.messagesSent == 0 ? "" : ",").utf8)
            end += Array("{\"error\":".utf8) + json(status) + Array("}".utf8)
        }
        return end + Array("]".utf8)
    }

    /// A google.rpc.Status.
    private static func json(_ status: Status) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("code")
        writer.integer(Int64(status.code.rawValue))
        writer.key("message")
        writer.string(status.message)
        writer.key("details")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        return Array(writer.bytes)
    }
}
