extension HeadWriter {
    /// `method path?query HTTP/1.1`. The path is a normalizer's, with what a service puts before
    /// it; the query is passed on as it came.
    public mutating func requestLine(
        method: UnsafeRawBufferPointer, path: UnsafeRawBufferPointer,
        query: UnsafeRawBufferPointer?
    ) {
        guard let methodInput = Input(method), isToken(methodInput),
            let pathInput = Input(path), Scan.targetEnd(in: pathInput, from: 0) == path.count
        else { return refuse() }
        if let query, let input = Input(query), Scan.queryEnd(in: input, from: 0) < query.count {
            return refuse()
        }
        writer.append(method)
        writer.append(" ")
        writer.append(path)
        if let query {
            writer.append("?")
            writer.append(query)
        }
        writer.append(" HTTP/1.1\r\n")
    }

    /// The request line for a parsed request, whose path is now `path`.
    public mutating func requestLine(
        of head: borrowing RequestHead, in bytes: UnsafeRawBufferPointer,
        path: UnsafeRawBufferPointer
    ) {
        requestLine(
            method: head.methodRange.slice(of: bytes), path: path,
            query: head.query.map { $0.slice(of: bytes) })
    }

    /// The request line for a parsed request that a proxy gets as it came, in any of the four forms
    /// (RFC 9112 §3.2).
    public mutating func proxyRequestLine(
        of head: borrowing RequestHead, in bytes: UnsafeRawBufferPointer
    ) {
        let target = head.target
        let end = head.query.map { $0.start &- 1 } ?? target.end
        requestLine(
            method: head.methodRange.slice(of: bytes),
            path: ByteRange(from: target.start, to: end).slice(of: bytes),
            query: head.query.map { $0.slice(of: bytes) })
    }

    /// A request with a body, or with a method that usually has one, says how long it is.
    public mutating func requestFraming(_ framing: BodyFraming, method: Method) {
        let expectsContent = method == .post || method == .put || method == .patch
        if framing == .none, expectsContent {
            self.framing(.contentLength(0))
        } else {
            self.framing(framing)
        }
    }

    private func isToken(_ input: Input) -> Bool {
        input.end(of: ByteClass.token, from: 0, in: ByteClass.shared.table) == input.count
    }
}
