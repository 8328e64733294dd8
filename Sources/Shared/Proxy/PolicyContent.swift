internal import Bytes
internal import HTTP
internal import Rego
internal import Transport

/// The content that was gathered for a decision, as `parsed_body` has it.
struct PolicyContent {
    let arena: Arena
    let request: IncomingRequest

    /// Whether policy sees a part of the content only.
    func isTruncated(_ head: borrowing RequestHead) -> Bool {
        if let complete = request.contentIsComplete { return !complete }
        return head.framing != .none
    }

    /// JSON and forms by their content type; null for anything else, for content that is cut, and
    /// for content that is not what its type says.
    func parsed(_ head: borrowing RequestHead) -> Value {
        guard !isTruncated(head), !request.content.isEmpty,
            let type = head.fields.first(.contentType)?.valueRange.slice(of: request.bytes)
        else { return .null }
        if Self.type(type, contains: "application/json") {
            do throws(JSONError) {
                return try arena.value(json: request.content, depthLimit: 128)
            } catch {
                return .null
            }
        }
        if Self.type(type, contains: "application/x-www-form-urlencoded") {
            return FormText.parsed(request.content, arena) ?? .null
        }
        return .null
    }

    /// A substring, whatever stands around it: OPA's Envoy plugin does it so, but for the case.
    private static func type(
        _ type: UnsafeRawBufferPointer, contains name: StaticString
    ) -> Bool {
        let count = name.utf8CodeUnitCount
        guard type.count >= count else { return false }
        for start in 0...(type.count - count) {
            var matched = 0
            while matched < count,
                ASCII.lowercased(type[start + matched]) == name.utf8Start[matched]
            { matched += 1 }
            if matched == count { return true }
        }
        return false
    }
}
