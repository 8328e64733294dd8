internal import Bytes
public import HTTP
internal import IO
public import Transport

/// Serves a worker's gRPC calls: opens them, hands messages to their methods, and ends them.
public final class GRPCHandler: RequestHandler {
    /// The call's path, how it ended, and how long it took in nanoseconds.
    public typealias Observer = (String, GRPCCode, UInt64) -> Void

    let server: GRPCServer
    // A worker outlives its handlers' calls.
    unowned(unsafe) let worker: Worker
    let mailbox: Mailbox
    let observer: Observer
    private let noFilter = FieldFilter()
    var calls: [UInt32: OpenCall] = [:]
    private let writer: ResponseWriter

    init(_ server: GRPCServer, _ worker: Worker, _ observer: @escaping Observer) {
        self.server = server
        self.worker = worker
        self.observer = observer
        mailbox = Mailbox(worker.control)
        writer = ResponseWriter(worker)
    }

    public func decide(
        _ head: borrowing RequestHead, _ request: IncomingRequest, _ reply: Reply
    ) -> Decision {
        let opening = Opening(self)
        do throws(Opening.Refusal) {
            let open = try opening.open(head, request)
            calls[request.exchange] = open
            return .serve(
                Serving(
                    idleNanoseconds: server.limits.idleNanoseconds,
                    deadline: open.call.deadline ?? UInt64.max))
        } catch {
            opening.refuse(error, reply)
            return .answer
        }
    }

    /// Runs a method's code on a thread that may wait.
    func run(
        _ body: @escaping @Sendable (Call) throws(Status) -> Void, _ call: Call
    ) throws(Status) {
        let isTaken = server.pool.run {
            do throws(Status) {
                try body(call)
                call.finish()
            } catch {
                call.finish(error)
            }
        }
        guard isTaken else { throw Status(.resourceExhausted, "too many calls wait already") }
    }

    // MARK: what the client sends

    public func take(
        _ content: UnsafeRawBufferPointer, isLast: Bool, of exchange: UInt32
    ) -> Bool {
        guard let open = calls[exchange], !open.isOver else { return true }
        do throws(Status) {
            try open.content.append(content)
            var hasRoom = true
            while let message = try open.content.next(isLast: isLast) {
                hasRoom = try receive(message, open)
                guard !open.isOver, calls[exchange] === open else { return true }
            }
            if isLast { try receiveEnd(open) }
            return hasRoom
        } catch {
            open.call.cancel(error)
            end(open, error, trailing: Metadata())
            return true
        }
    }

    /// False when the method has enough for now.
    private func receive(_ message: [UInt8], _ open: OpenCall) throws(Status) -> Bool {
        open.messagesReceived &+= 1
        guard open.method.isClientStreaming || open.messagesReceived == 1 else {
            throw Status(.internal, "more than one message for a method that takes one")
        }
        guard open.method.isClientStreaming else {
            // The method starts when the client has said that this was all.
            _ = open.call.deliver(message)
            return true
        }
        guard case .each(let body) = open.method.body else { return open.call.deliver(message) }
        answer(with: try body(message, open.call), open)
        return !open.isBehind
    }

    private func receiveEnd(_ open: OpenCall) throws(Status) {
        guard open.content.isWhole else {
            throw Status(.internal, "the last message is cut short")
        }
        open.call.deliverEnd()
        switch open.method.body {
        case .each(let body):
            if !open.method.isClientStreaming {
                answer(with: try body(try only(open), open.call), open)
            }
            end(open, nil, trailing: open.call.attached.trailing)
        case .subscription(let body): try body(try only(open), open.call)
        case .blocking(let body):
            guard !open.method.isClientStreaming else { return }
            guard open.messagesReceived == 1 else { throw Self.noMessage }
            try run(body, open.call)
        }
    }

    /// What a method that runs on the worker has returned.
    private func answer(with message: [UInt8], _ open: OpenCall) {
        if !open.hasBegun { open.initial = open.call.attached.initial }
        send(message, open)
    }

    private static var noMessage: Status {
        Status(.internal, "no message for a method that takes one")
    }

    private func only(_ open: OpenCall) throws(Status) -> [UInt8] {
        guard open.messagesReceived == 1, let message = try open.call.read() else {
            throw Self.noMessage
        }
        return message
    }

    // MARK: what methods send

    public func woken() {
        let (posted, resumed) = mailbox.take()
        for call in posted {
            if let open = calls[call.exchange], open.call === call { flush(open) }
        }
        for call in resumed where calls[call.exchange]?.call === call {
            worker.responder.resume(call.exchange)
        }
    }

    public func drained(_ exchange: UInt32) {
        guard let open = calls[exchange] else { return }
        open.isBehind = false
        flush(open)
        if case .each = open.method.body, !open.isOver { worker.responder.resume(exchange) }
    }

    /// Sends what the method has written, unless the client is behind.
    private func flush(_ open: OpenCall) {
        guard !open.isBehind, !open.isOver else { return }
        let news = open.call.takeOutgoing()
        open.initial = news.initial
        for message in news.messages {
            send(message, open)
            guard !open.isOver else { return }
        }
        guard let outcome = news.outcome else { return }
        end(open, outcome.status, trailing: outcome.trailing)
    }

    private func send(_ message: [UInt8], _ open: OpenCall) {
        do throws(Status) {
            open.isBehind = !(try writer.write(message, open))
        } catch {
            open.call.cancel(error)
            end(open, error, trailing: Metadata())
        }
    }

    private func end(_ open: OpenCall, _ status: Status?, trailing: Metadata) {
        guard !open.isOver else { return }
        open.isOver = true
        open.status = .some(status)
        writer.end(open, status, trailing: trailing)
    }

    /// Whether the exchange is a call of this handler's.
    public func isServing(_ exchange: UInt32) -> Bool { calls[exchange] != nil }

    // MARK: ends

    public func deadlinePassed(_ exchange: UInt32) {
        cancel(exchange, Status(.deadlineExceeded, "the deadline is over"))
    }

    public func drain(_ exchange: UInt32) {
        guard let open = calls[exchange], case .subscription = open.method.body else { return }
        cancel(exchange, Status(.unavailable, "the server is shutting down"))
    }

    private func cancel(_ exchange: UInt32, _ status: Status) {
        guard let open = calls[exchange] else { return }
        open.call.cancel(status)
        end(open, status, trailing: Metadata())
    }

    public func record(_ exchange: UInt32, _ outcome: ExchangeOutcome) {
        guard let open = calls.removeValue(forKey: exchange) else { return }
        open.isOver = true
        let status = open.status ?? Status(.cancelled, "the client is gone")
        open.call.cancel(status ?? Status(.cancelled, "the call is over"))
        observer(open.call.path, status?.code ?? .ok, outcome.ended &- open.started)
    }

    public func refuse(_ fault: TransportFault, _ request: IncomingRequest, _ reply: Reply) {
        guard let open = calls[request.exchange] else {
            reply.status = fault.status
            return
        }
        let code: GRPCCode
        switch fault {
        case .requestTimeout: code = .deadlineExceeded
        case .malformedHead, .malformedContent: code = .invalidArgument
        case .headTooLarge: code = .internal
        default: code = .unavailable
        }
        let status = Status(code, "the call could not be completed")
        open.status = .some(status)
        open.isOver = true
        ResponseWriter.refuse(status, open.dialect, as: open.faultForm, reply)
    }

    public func respond(
        with head: borrowing ResponseHead, _ bytes: UnsafeRawBufferPointer, to exchange: UInt32,
        _ reply: Reply
    ) -> FieldFilter { noFilter }
}
