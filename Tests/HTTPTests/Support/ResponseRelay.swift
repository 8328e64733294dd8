import HTTP

/// A proxy without sockets, the way back: an upstream's bytes in, what the client gets out.
struct ResponseRelay {
    /// Everything the client was sent.
    var sent: [UInt8] = []
    /// The connection to the client was closed, or must be.
    var isClosed = false
    /// The connection was reset: the response did not come to its end.
    var isReset = false
    private let filter = FieldFilter()

    /// - Parameters:
    ///   - isClosed: the upstream closes behind its bytes; else it is silent for ever.
    static func run(
        _ input: [UInt8], method: Method, isClosed: Bool, clientVersion: HTTPVersion = .http11
    ) -> ResponseRelay {
        var relay = ResponseRelay()
        var head = ResponseHead()
        do {
            try relay.relay(input, method, isClosed, clientVersion, &head)
        } catch {
            relay.isReset = true
        }
        return relay
    }

    private mutating func relay(
        _ input: [UInt8], _ method: Method, _ isClosed: Bool, _ version: HTTPVersion,
        _ head: inout ResponseHead
    ) throws {
        var informational = InformationalResponses()
        var start = 0
        while true {
            let rest = Array(input[start...])
            let length = try? rest.withUnsafeBytes {
                try head.parse($0, answering: .init(method: method))
            }
            guard let length else { return badGateway() }
            start += length
            guard head.isInformational else {
                try relayFinal(rest, length, isClosed, version, head)
                return
            }
            let action = informational.received(
                status: head.status, clientVersion: version, clientExpectsContinue: false)
            if action == .refuse { return badGateway() }
            if action == .forward {
                append(rest) { writer, bytes, filter in
                    writer.statusLine(of: head, in: bytes)
                    writer.copyFields(head.fields, of: bytes, except: filter)
                    writer.endHead()
                }
            }
        }
    }

    private mutating func relayFinal(
        _ rest: [UInt8], _ length: Int, _ isClosed: Bool, _ version: HTTPVersion,
        _ head: borrowing ResponseHead
    ) throws {
        let plan = DownstreamFraming(of: head, clientVersion: version, isPersistent: true)
        append(rest) { writer, bytes, filter in
            writer.statusLine(of: head, in: bytes)
            writer.copyFields(head.fields, of: bytes, except: filter)
            writer.responseFraming(plan, clientVersion: version)
            writer.endHead()
        }
        var decoder = try BodyDecoder(head.framing)
        var position = length
        while true {
            let event = try rest.withUnsafeBytes { try decoder.next($0, at: &position) }
            switch event {
            case .content(let range): write(rest[range.start..<range.end], plan.framing)
            case .trailers: break
            case .end:
                if plan.framing == .chunked { sent += "0\r\n\r\n".utf8 }
                self.isClosed = !plan.isPersistent
                return
            case .needMore:
                guard isClosed else { throw BodyError.truncated }
                try decoder.endOfInput()
            }
        }
    }

    private mutating func write(_ content: ArraySlice<UInt8>, _ framing: BodyFraming) {
        guard framing == .chunked else {
            sent += content
            return
        }
        sent += (String(content.count, radix: 16) + "\r\n").utf8
        sent += content
        sent += "\r\n".utf8
    }

    private mutating func badGateway() {
        let date = Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8)
        append(date) { writer, bytes, _ in
            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
            writer.response(
                502, contentType: "text/plain", content: nothing, to: .unknown, date: bytes)
        }
        isClosed = true
    }

    private mutating func append(
        _ input: [UInt8],
        _ write: (inout HeadWriter, UnsafeRawBufferPointer, FieldFilter) -> Void
    ) {
        let filter = filter
        let (_, text) = input.withUnsafeBytes { bytes in
            written { writer in write(&writer, bytes, filter) }
        }
        sent += text.latin1
    }
}
