internal import HTTP
internal import Rego

/// All that a policy can read of a request, as one text: requests with the same text have the same
/// input, as far as the policy can tell.
enum DecisionKey {
    /// A longer one is not made: such requests are rare, and seldom the same.
    private static let bytesMax = 1024

    /// What is in no key: it is long, or differs from request to request.
    private static let absent: PolicyInputNeeds = [
        .headers, .source, .destination, .body, .parsedBody, .identifier,
    ]

    /// Whether a policy with these needs reads nothing that is not in the key.
    static func isComplete(for needs: PolicyInputNeeds) -> Bool { needs.isDisjoint(with: absent) }

    /// The key of a request, in the arena of its input; undefined for one that has none.
    static func make(_ input: PolicyInput, _ head: borrowing RequestHead) -> Value {
        let bytes = input.request.bytes
        var key = StringBuilder(input.arena, capacity: 256)
        add(head.methodRange.slice(of: bytes), to: &key)
        add(input.question.path, to: &key)
        key.append(head.query == nil ? 0 : 1)
        if let query = head.query { add(query.slice(of: bytes), to: &key) }
        add(input.question.caller, to: &key)
        if input.needs.contains(.details) {
            add(head.authority.range.slice(of: bytes), to: &key)
            key.append(head.version == .http10 ? 0 : 1)
            add(size(head.framing), to: &key)
        }
        return key.count <= bytesMax ? key.finish() : .undefined
    }

    private static func add(_ caller: PolicyQuestion.Caller, to key: inout StringBuilder) {
        switch caller {
        case .nobody: key.append(0)
        case .key(let id, let role, let tier):
            key.append(1)
            add(id, to: &key)
            add(role, to: &key)
            add(tier, to: &key)
        case .sandbox(let id, let service):
            key.append(2)
            add(id, to: &key)
            add(service, to: &key)
        }
    }

    private static func size(_ framing: BodyFraming) -> Int64 {
        switch framing {
        case .none: 0
        case .contentLength(let length): Int64(clamping: length)
        case .chunked, .untilClose: -1
        }
    }

    /// With its length in front, so that where one ends and the next begins is part of the key.
    private static func add(_ text: UnsafeRawBufferPointer, to key: inout StringBuilder) {
        add(Int64(text.count), to: &key)
        key.append(text)
    }

    private static func add(_ number: Int64, to key: inout StringBuilder) {
        withUnsafeBytes(of: number) { key.append($0) }
    }
}
