extension HeadWriter {
    /// `HTTP/1.1 status reason`, with the reason phrase of RFC 9110 §15.
    public mutating func statusLine(_ status: Int) {
        writer.append("HTTP/1.1 ")
        writer.append(decimal: UInt64(min(max(status, 100), 599)))
        writer.append(" ")
        writer.append(StatusPhrase.of(status))
        writer.append("\r\n")
    }

    /// The status line of a parsed response, with its reason phrase.
    public mutating func statusLine(
        of head: borrowing ResponseHead, in bytes: UnsafeRawBufferPointer
    ) {
        writer.append("HTTP/1.1 ")
        writer.append(decimal: UInt64(head.status))
        writer.append(" ")
        writer.append(head.reason.slice(of: bytes))
        writer.append("\r\n")
    }

    /// What frames the response and keeps or ends the connection, as the client's version needs.
    public mutating func responseFraming(
        _ plan: DownstreamFraming, clientVersion: HTTPVersion
    ) {
        if let length = plan.declaredLength {
            framing(.contentLength(length))
        } else {
            framing(plan.framing)
        }
        if clientVersion == .http2 { return }
        if !plan.isPersistent {
            connectionClose()
        } else if clientVersion == .http10 {
            connectionKeepAlive()
        }
    }

    /// A whole response of our own. `date` is what `HTTPDate` writes; `content` is left out of the
    /// answer to HEAD, its length is not.
    public mutating func response(
        _ status: Int, contentType: StaticString, content: UnsafeRawBufferPointer,
        to request: ClientView, date: UnsafeRawBufferPointer
    ) {
        beginResponse(status, to: request, date: date)
        field("Content-Type", contentType)
        field("Content-Length", UInt64(content.count))
        endHead()
        if !request.isHead { self.content(content) }
    }

    /// The status line, `Date` and `Connection` of a response of our own; fields, framing and
    /// `endHead` are the caller's.
    public mutating func beginResponse(
        _ status: Int, to request: ClientView, date: UnsafeRawBufferPointer
    ) {
        statusLine(status)
        field("Date", date)
        if request.version == .http2 { return }
        if !request.isPersistent {
            connectionClose()
        } else if request.version == .http10 {
            connectionKeepAlive()
        }
    }
}
