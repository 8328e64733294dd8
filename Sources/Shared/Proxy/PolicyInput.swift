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
    let keys: PolicyInputKeys
    let needs: PolicyInputNeeds
    let request: IncomingRequest
    let question: PolicyQuestion
    let requestID: RequestID
    /// The listener's context: what the client says about it is never looked at.
    let context: StaticString

    func build(_ head: borrowing RequestHead) -> Value {
        var input = ObjectBuilder(arena, capacity: 8)
        set(&input, keys.attributes, attributes(head))
        if needs.contains(.parsedPath) { set(&input, keys.parsedPath, parsedPath()) }
        if needs.contains(.parsedQuery) { set(&input, keys.parsedQuery, parsedQuery(head)) }
        if needs.contains(.parsedBody) {
            let content = PolicyContent(arena: arena, request: request)
            set(&input, keys.parsedBody, content.parsed(head))
            set(&input, keys.truncatedBody, Value(content.isTruncated(head)))
        }
        if needs.contains(.version) { set(&input, keys.version, version()) }
        if needs.contains(.source), let caller = question.caller {
            set(&input, keys.sourcePrincipal, text(caller.keyID))
        }
        return input.finish()
    }

    private func attributes(_ head: borrowing RequestHead) -> Value {
        var attributes = ObjectBuilder(arena, capacity: 4)
        var wrapper = ObjectBuilder(arena, capacity: 1)
        set(&wrapper, keys.http, http(head))
        set(&attributes, keys.request, wrapper.finish())
        if needs.contains(.source) { set(&attributes, keys.source, source()) }
        if needs.contains(.destination), let local = request.local {
            set(&attributes, keys.destination, peer(local, principal: nil))
        }
        set(&attributes, keys.metadataContext, metadata())
        return attributes.finish()
    }

    // MARK: the request

    private func http(_ head: borrowing RequestHead) -> Value {
        var http = ObjectBuilder(arena, capacity: 8)
        set(&http, keys.method, text(head.methodRange.slice(of: request.bytes)))
        set(&http, keys.path, path(head))
        if needs.contains(.details) {
            set(&http, keys.id, identifier())
            set(&http, keys.host, text(head.authority.range.slice(of: request.bytes)))
            set(&http, keys.scheme, arena.string("http"))
            let version: StaticString = head.version == .http10 ? "HTTP/1.0" : "HTTP/1.1"
            set(&http, keys.protocolName, arena.string(version))
            set(&http, keys.size, size(head))
        }
        if needs.contains(.headers) { set(&http, keys.headers, headers(head)) }
        if needs.contains(.body), request.contentIsComplete != nil {
            set(&http, keys.body, text(request.content))
        }
        return http.finish()
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

    /// The declared length; -1 when it is not known.
    private func size(_ head: borrowing RequestHead) -> Value {
        switch head.framing {
        case .none: Value(0)
        case .contentLength(let length): arena.number(int64: Int64(clamping: length))
        case .chunked, .untilClose: Value(-1)
        }
    }

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
        headers.set(":scheme", arena.string("http"))
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
        peer(request.peer, principal: question.caller?.keyID)
    }

    private func peer(_ address: SocketAddress, principal: UnsafeRawBufferPointer?) -> Value {
        let name = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { memory in
            var line = LineBuilder(memory)
            line.append(address: address)
            return arena.string(UnsafeRawBufferPointer(line.bytes))
        }
        var socket = ObjectBuilder(arena, capacity: 2)
        set(&socket, keys.address, name)
        set(&socket, keys.port, Value(Int32(address.port)))
        var outer = ObjectBuilder(arena, capacity: 1)
        set(&outer, keys.socketAddress, socket.finish())
        var peer = ObjectBuilder(arena, capacity: 2)
        set(&peer, keys.address, outer.finish())
        if let principal { set(&peer, keys.principal, text(principal)) }
        return peer.finish()
    }

    /// Who the caller is, where Envoy's filters put what they found out.
    private func metadata() -> Value {
        var facts = ObjectBuilder(arena, capacity: 4)
        facts.set("context", arena.string(context))
        if let caller = question.caller {
            set(&facts, keys.keyID, text(caller.keyID))
            set(&facts, keys.role, text(caller.role))
            set(&facts, keys.tier, text(caller.tier))
        }
        var filters = ObjectBuilder(arena, capacity: 1)
        set(&filters, keys.sluice, facts.finish())
        var metadata = ObjectBuilder(arena, capacity: 1)
        set(&metadata, keys.filterMetadata, filters.finish())
        return metadata.finish()
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
        var version = ObjectBuilder(arena, capacity: 2)
        version.set("ext_authz", arena.string("v3"))
        version.set("encoding", arena.string("protojson"))
        return version.finish()
    }

    // MARK: pieces

    /// A key that policy does not know is one that it does not read.
    private func set(_ object: inout ObjectBuilder, _ key: Value, _ value: Value) {
        if key.isDefined { object.set(key, value) }
    }

    /// Text from outside: borrowed when it is UTF-8; what is not becomes `!`, as Envoy does it.
    private func text(_ bytes: UnsafeRawBufferPointer) -> Value {
        for byte in bytes where byte >= 0x80 { return repaired(bytes) }
        return arena.string(borrowing: bytes)
    }

    private func repaired(_ bytes: UnsafeRawBufferPointer) -> Value {
        var text = StringBuilder(arena, capacity: bytes.count)
        var index = 0
        while index < bytes.count {
            let length = UTF8Check.sequenceLength(bytes, at: index)
            if length > 0 {
                text.append(UnsafeRawBufferPointer(rebasing: bytes[index..<(index &+ length)]))
            } else {
                text.append(UInt8(ascii: "!"))
            }
            index &+= max(1, length)
        }
        return text.finish()
    }
}
