internal import Bytes
internal import HTTP
internal import IO
internal import Rego
internal import Telemetry
internal import Transport

/// Builds the document that policy calls `input`, as OPA's Envoy plugin makes it from a
/// CheckRequest, straight in the evaluator's arena. Text stays where it is: it is read during the
/// evaluation only. What the program cannot read is left out.
struct PolicyInput {
    let arena: Arena
    // Lives as long as the decision point that asks.
    unowned(unsafe) let shapes: PolicyInputShapes
    let needs: PolicyInputNeeds
    let request: IncomingRequest
    let question: PolicyQuestion
    let requestID: RequestID
    /// The listener's context: what the client says about it is never looked at.
    let context: StaticString

    func build(_ head: borrowing RequestHead) -> Value {
        let attributes = attributes(head)
        return arena.object(caller.input) { input in
            input.add(attributes)
            if needs.contains(.parsedPath) { input.add(parsedPath()) }
            if needs.contains(.parsedQuery) { input.add(parsedQuery(head)) }
            if needs.contains(.parsedBody) {
                let content = PolicyContent(arena: arena, request: request)
                input.add(content.parsed(head))
                input.add(Value(content.isTruncated(head)))
            }
            if needs.contains(.version) { input.add(version()) }
            if needs.contains(.source), let principal = question.caller.principal {
                input.add(text(principal))
            }
        }
    }

    private var caller: PolicyInputShapes.Caller {
        switch question.caller {
        case .nobody: shapes.anonymous
        case .key: shapes.key
        case .sandbox: shapes.sandbox
        }
    }

    private func attributes(_ head: borrowing RequestHead) -> Value {
        let http = http(head)
        return arena.object(caller.attributes) { attributes in
            attributes.add(arena.object(shapes.request) { $0.add(http) })
            attributes.add(metadata())
            if needs.contains(.source) { attributes.add(source()) }
            if needs.contains(.destination) {
                attributes.add(arena.object(shapes.peer) { $0.add(address(request.local)) })
            }
        }
    }

    // MARK: the request

    /// Of `request.http`, what `PolicyInputNeeds.details` stands for; a `DecisionKey` holds it too.
    struct Details {
        let host: UnsafeRawBufferPointer
        let scheme: StaticString
        let protocolName: StaticString
        /// The declared length of content; -1 when it is not known.
        let size: Int64
    }

    func details(_ head: borrowing RequestHead) -> Details {
        let size: Int64 =
            switch head.framing {
            case .none: 0
            case .contentLength(let length): Int64(clamping: length)
            case .chunked, .untilClose: -1
            }
        return Details(
            host: head.authority.range.slice(of: request.bytes), scheme: scheme,
            protocolName: Self.name(of: head.version), size: size)
    }

    /// As Envoy spells it.
    private static func name(of version: HTTPVersion) -> StaticString {
        switch version {
        case .http10: "HTTP/1.0"
        case .http11: "HTTP/1.1"
        case .http2: "HTTP/2"
        }
    }

    // What is added here stands in a `DecisionKey`, or its need among those that no key holds.
    private func http(_ head: borrowing RequestHead) -> Value {
        let hasBody = needs.contains(.body) && !request.content.isEmpty
        let method = text(head.methodRange.slice(of: request.bytes))
        let path = path(head)
        let headers = needs.contains(.headers) ? headers(head) : .undefined
        let details = details(head)
        return arena.object(hasBody ? shapes.httpWithBody : shapes.http) { http in
            http.add(method)
            http.add(path)
            if needs.contains(.identifier) { http.add(identifier()) }
            if needs.contains(.details) {
                http.add(text(details.host))
                http.add(arena.string(details.scheme))
                http.add(arena.string(details.protocolName))
                http.add(arena.number(int64: details.size))
            }
            if needs.contains(.headers) { http.add(headers) }
            if hasBody { http.add(FormText.valid(request.content, arena)) }
        }
    }

    /// The normalised path and, as Envoy has it, the query.
    private func path(_ head: borrowing RequestHead) -> Value {
        guard let query = head.query else { return text(question.path) }
        var path = StringBuilder(
            arena, capacity: question.path.count &+ query.count &+ 1)
        path.append(question.path)
        path.append(UInt8(ascii: "?"))
        path.append(query.slice(of: request.bytes))
        return path.finish()
    }

    private var scheme: StaticString { request.isSecure ? "https" : "http" }

    private func identifier() -> Value {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: RequestID.byteCount) { memory in
            var line = LineBuilder(memory)
            requestID.append(to: &line)
            return arena.string(UnsafeRawBufferPointer(line.bytes))
        }
    }

    /// Lower-case names; values of lines with one name are joined by commas (RFC 9110 §5.2), so
    /// that nobody hides one behind another. With Envoy's pseudo-header fields.
    private func headers(_ head: borrowing RequestHead) -> Value {
        let bytes = request.bytes
        var headers = ObjectBuilder(arena, capacity: head.fields.count &+ 4)
        headers.set(":method", text(head.methodRange.slice(of: bytes)))
        headers.set(":path", path(head))
        headers.set(":authority", text(head.authority.range.slice(of: bytes)))
        headers.set(":scheme", arena.string(scheme))
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            guard !question.hidden.drops(field, in: bytes) else { continue }
            let name = field.nameRange.slice(of: bytes)
            guard firstLine(of: name, head) == index else { continue }
            headers.set(lowercased(name), joinedValue(from: index, name, head))
        }
        if case .contentLength(let length) = head.framing {
            headers.set(
                "content-length", arena.string(String(length)))
        }
        return headers.finish()
    }

    private func firstLine(
        of name: UnsafeRawBufferPointer, _ head: borrowing RequestHead
    ) -> Int {
        var index = 0
        while !Self.isSameName(head.fields[index].nameRange.slice(of: request.bytes), name) {
            index &+= 1
        }
        return index
    }

    private func joinedValue(
        from first: Int, _ name: UnsafeRawBufferPointer, _ head: borrowing RequestHead
    ) -> Value {
        let bytes = request.bytes
        var next = first &+ 1
        while next < head.fields.count,
            !Self.isSameName(head.fields[next].nameRange.slice(of: bytes), name)
        { next &+= 1 }
        let value = head.fields[first].valueRange.slice(of: bytes)
        guard next < head.fields.count else { return text(value) }
        var joined = StringBuilder(arena, capacity: value.count &* 2)
        joined.append(value)
        for index in next..<head.fields.count {
            let field = head.fields[index]
            guard Self.isSameName(field.nameRange.slice(of: bytes), name) else { continue }
            joined.append(UInt8(ascii: ","))
            joined.append(field.valueRange.slice(of: bytes))
        }
        return text(joined.finish().stringBytes)
    }

    private static func isSameName(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count
        where ASCII.lowercased(left[index]) != ASCII.lowercased(right[index]) { return false }
        return true
    }

    private func lowercased(_ name: UnsafeRawBufferPointer) -> Value {
        var isLower = true
        for byte in name where ASCII.lowercased(byte) != byte { isLower = false }
        if isLower { return arena.string(borrowing: name) }
        var lower = StringBuilder(arena, capacity: name.count)
        for byte in name { lower.append(ASCII.lowercased(byte)) }
        return lower.finish()
    }

    // MARK: both ends

    private func source() -> Value {
        let address = address(request.unixPeer == nil ? request.peer : nil)
        if let client = request.client {
            return arena.object(shapes.certified) { source in
                source.add(address)
                source.add(text(client.principal))
                source.add(text(client.certificate))
            }
        }
        return arena.object(caller.source) { source in
            source.add(address)
            if let principal = question.caller.principal { source.add(text(principal)) }
        }
    }

    /// Nil for an end of a Unix socket, which Envoy calls a pipe.
    private func address(_ address: SocketAddress?) -> Value {
        guard let address else { return arena.object(shapes.pipe) { $0.add(.emptyObject) } }
        let host = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { memory in
            var line = LineBuilder(memory)
            line.append(address: address)
            return arena.string(UnsafeRawBufferPointer(line.bytes))
        }
        let socket = arena.object(shapes.socketAddress) { socket in
            socket.add(host)
            socket.add(Value(Int32(address.port)))
        }
        return arena.object(shapes.address) { $0.add(socket) }
    }

    /// Who the caller is, where Envoy's filters put what they found out; all of it stands in a
    /// `DecisionKey`.
    private func metadata() -> Value {
        let facts = arena.object(caller.facts) { facts in
            facts.add(arena.string(context))
            switch question.caller {
            case .nobody: break
            case .key(let id, let role, let tier):
                facts.add(text(id))
                facts.add(text(role))
                facts.add(text(tier))
            case .sandbox(let id, let service):
                facts.add(text(id))
                facts.add(text(service))
            }
        }
        let filters = arena.object(shapes.metadata) { $0.add(facts) }
        return arena.object(shapes.filterMetadata) { $0.add(filters) }
    }

    // MARK: what is derived

    /// The path's segments, decoded: `/` is `[""]`, `/a/b/` is `["a", "b", ""]`.
    private func parsedPath() -> Value {
        var segments = ArrayBuilder(arena)
        var start = 1
        let path = question.path
        // What `*` names has no segments.
        guard path.first == UInt8(ascii: "/") else { return .emptyArray }
        while start <= path.count {
            var end = start
            while end < path.count, path[end] != UInt8(ascii: "/") { end &+= 1 }
            let segment = UnsafeRawBufferPointer(rebasing: path[start..<end])
            segments.append(FormText.decoded(segment, plusIsSpace: false, arena))
            start = end &+ 1
        }
        return segments.finish()
    }

    private func parsedQuery(_ head: borrowing RequestHead) -> Value {
        guard let query = head.query?.slice(of: request.bytes) else { return .emptyObject }
        return FormText.parsed(query, arena) ?? .emptyObject
    }

    private func version() -> Value {
        arena.object(shapes.version) { version in
            version.add(arena.string("v3"))
            version.add(arena.string("protojson"))
        }
    }

    // MARK: pieces

    /// Text from outside; what is not UTF-8 becomes `!`.
    private func text(_ bytes: UnsafeRawBufferPointer) -> Value {
        FormText.valid(bytes, arena)
    }
}
